// Judging by keyboard: what is shown next has been fetched before it is asked for, and a grade is sent while the next record is already read.
(() => {
  "use strict";
  const work = JSON.parse(document.getElementById("work").textContent);
  const { items, queries, words } = work;
  const find = (id) => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const post = (url, body) => fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const AHEAD = 3, KEPT = 24, SLOWEST = 180, WAIT = 3000;
  const records = new Map(); // HTML of records by place, or the promise of it
  const given = []; // what can be undone here: place, and what was said before
  const queue = []; // what is yet to be saved, in order
  const took = []; // seconds a judgement took, the last ones
  let at = -1, began = performance.now(), sending = false, onlyWords = false, suggesting = false;

  // ---- records

  const address = (item) => "/lab/judge/record?" + new URLSearchParams({ set: work.set, query: item.query, review: item.review });
  function fetched(place) {
    if (!records.has(place)) {
      if (records.size > KEPT) for (const key of [...records.keys()].slice(0, records.size - KEPT)) records.delete(key);
      const promise = fetch(address(items[place]))
        .then((answer) => answer.text().then((text) => { if (!answer.ok) throw new Error(text); return text; }))
        .then((text) => { records.set(place, text); return text; })
        .catch((error) => { records.delete(place); throw error; });
      promise.catch(() => {});
      records.set(place, promise);
    }
    return records.get(place);
  }
  function ahead(place) {
    let next = place;
    for (let n = 0; n < AHEAD; n += 1) {
      next = open(next);
      if (next < 0) break;
      fetched(next);
    }
    if (place > 0) fetched(place - 1);
  }

  // ---- what is next

  const waits = (item) => !item.said;
  function open(from) {
    const order = [...items.keys()].map((n) => (from + 1 + n) % items.length).filter((n) => n !== from);
    const fresh = order.find((n) => waits(items[n]) && !items[n].skipped);
    return fresh !== undefined ? fresh : -1;
  }
  function onward() {
    let next = open(at);
    if (next < 0 && items.some((item, n) => waits(item) && n !== at)) { // only skipped ones are left: they come again
      for (const item of items) item.skipped = false;
      next = open(at);
    }
    if (next < 0 && items[at] && waits(items[at])) next = at;
    if (next < 0) finished(); else show(next);
  }

  // ---- the screen

  function show(place) {
    at = place;
    const item = items[at], query = queries[item.query];
    find("done").hidden = true;
    find("two").hidden = false;
    find("query").textContent = query.text;
    find("need").textContent = query.need;
    find("need").hidden = !query.need;
    find("others").textContent = item.verdicts ? Object.entries(item.verdicts).map(([who, grade]) => `${who}: ${grade}`).join(" · ") : "";
    setWords(false);
    closeWhy();
    pressed();
    counted();
    const record = fetched(at);
    if (typeof record === "string") put(record);
    else {
      find("record").innerHTML = "";
      record.then((text) => { if (at === place) put(text); }, (error) => { if (at === place) told(error.message || words.lost); });
    }
    began = performance.now();
    ahead(at);
  }
  function put(text) {
    find("record").innerHTML = text; // made by this server's template, which escapes all that is a record's
    find("words").disabled = !find("record").querySelector("[data-field][data-start]");
    window.scrollTo(0, 0);
    const title = find("record").querySelector("h2.title");
    if (title && !document.activeElement.matches("input")) title.focus({ preventScroll: true });
  }
  function pressed() {
    const item = items[at];
    for (const button of document.querySelectorAll("[data-grade]")) button.setAttribute("aria-pressed", String(item.said && item.grade === Number(button.dataset.grade)));
    find("cannot").setAttribute("aria-pressed", String(item.said && item.grade === null));
  }
  function counted() {
    const left = items.filter(waits).length, done = items.length - left;
    find("bar").max = items.length;
    find("bar").value = done;
    find("count").textContent = fill(words.count, { done, all: items.length, at: at + 1 });
    const pace = took.length > 2 ? [...took].sort((a, b) => a - b)[Math.floor(took.length / 2)] : work.seconds;
    const minutes = pace ? Math.ceil((left * pace) / 60) : 0;
    find("left").textContent = left && minutes ? fill(words.left, { minutes }) : "";
  }
  function finished() {
    at = -1;
    counted();
    find("two").hidden = true;
    find("done").hidden = false;
    find("query").textContent = "";
    find("need").textContent = "";
    find("done").querySelector("h2").focus();
  }
  function told(text) { find("told").textContent = text; find("told").hidden = !text; }
  function saved(text) { find("saved").textContent = text; }

  // ---- saving, one after another, so that undo takes back the right one

  async function send() {
    if (sending) return;
    sending = true;
    while (queue.length) {
      const job = queue[0];
      let answer = null;
      try { answer = await post(job.url, job.body); } catch { answer = null; }
      if (answer && answer.ok) {
        queue.shift();
        told("");
        const reply = await answer.json().catch(() => ({}));
        job.done(reply);
      } else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 401 && answer.status !== 403 && answer.status !== 429) {
        queue.shift();
        const reply = await answer.json().catch(() => ({}));
        job.failed(reply.fault || words.lost);
      } else { // not reached, signed out, or a fault of the server: nothing is lost, it is sent again
        saved("");
        told(fill(words.waiting, { count: queue.length }));
        await new Promise((next) => setTimeout(next, WAIT));
      }
    }
    sending = false;
  }

  function judge(grade, reason) {
    if (at < 0) return;
    const place = at, item = items[place], anchor = onlyWords ? marked() : null;
    const before = { said: item.said, grade: item.grade, reason: item.reason };
    Object.assign(item, { said: true, grade, reason: reason || "", skipped: false });
    given.push({ place, before });
    took.push(Math.min(SLOWEST, (performance.now() - began) / 1000));
    if (took.length > 20) took.shift();
    queue.push({
      url: "/lab/judge/grade",
      body: { set: work.set, query: item.query, review: item.review, grade, reason: reason || "", judge: work.judge, settle: work.settle, words: anchor },
      done: () => {
        saved(grade === null ? words.saved_cannot : fill(words.saved, { grade }));
        if (suggesting && grade !== null && !work.settle) suggest(item);
      },
      failed: (fault) => { Object.assign(item, before); counted(); if (at === place) pressed(); told(`${queries[item.query].text}: ${fault}`); },
    });
    onward();
    send();
  }
  // What a model would say is asked for, and shown, only once the judge's own grade is kept.
  async function suggest(item) {
    const line = find("model"), query = queries[item.query].text;
    line.hidden = false;
    line.textContent = words.suggesting;
    let said = words.lost;
    try {
      const answer = await post("/lab/judge/suggest", { set: work.set, query: item.query, review: item.review, judge: work.judge });
      const reply = await answer.json();
      said = answer.ok ? `${query}, ${item.review}: ${fill(words.model_says, reply)}` : reply.fault || words.lost;
    } catch { said = words.lost; }
    line.textContent = said;
  }
  function setSuggest(on) {
    const button = find("suggest");
    if (!button) return;
    suggesting = on;
    button.setAttribute("aria-pressed", String(on));
    find("model").hidden = true;
  }
  function undo() {
    const last = given.pop();
    if (last) { Object.assign(items[last.place], last.before); show(last.place); }
    queue.push({
      url: "/lab/judge/undo",
      body: { set: work.set, judge: work.judge },
      done: (reply) => {
        if (!reply.query) { saved(words.nothing); return; }
        saved(words.undone);
        const place = items.findIndex((item) => item.query === reply.query && item.review === reply.review);
        if (place < 0) return;
        Object.assign(items[place], { said: reply.said, grade: reply.grade, reason: reply.reason });
        if (last) { if (at === place) pressed(); counted(); } else show(place);
      },
      failed: (fault) => told(fault),
    });
    send();
  }
  function skip() { if (at >= 0) { items[at].skipped = true; saved(words.skipped); onward(); } }
  function move(step) {
    if (!items.length) return;
    show(at < 0 ? items.length - 1 : (at + step + items.length) % items.length);
  }

  // ---- cannot tell, and the marked words only

  function askWhy() { if (at >= 0) { find("why").hidden = false; find("reason").value = items[at].reason || ""; find("reason").focus(); } }
  function closeWhy() { if (!find("why").hidden) { find("why").hidden = true; find("reason").blur(); } }
  find("why").addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = find("reason").value.trim();
    if (!reason) { find("reason").focus(); told(words.reason); return; }
    told("");
    closeWhy();
    judge(null, reason);
  });
  find("leave").addEventListener("click", () => { closeWhy(); told(""); });
  function marked() {
    const part = find("record").querySelector("[data-field][data-start]");
    return part ? { field: part.dataset.field, start: Number(part.dataset.start), end: Number(part.dataset.end), revision: Number(part.dataset.revision) } : null;
  }
  function setWords(on) { onlyWords = on && !!marked(); find("words").setAttribute("aria-pressed", String(onlyWords)); }

  // ---- keys and buttons

  const keys = {
    0: () => judge(0), 1: () => judge(1), 2: () => judge(2), 3: () => judge(3), u: undo, s: skip, c: askWhy, n: () => move(1), p: () => move(-1),
    w: () => setWords(!onlyWords), m: () => setSuggest(!suggesting), g: () => { const guide = find("guide"); guide.open = !guide.open; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeWhy(); told(""); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const button of document.querySelectorAll("[data-key]")) button.addEventListener("click", () => { keys[button.dataset.key](); });
  window.addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });

  if (window.matchMedia("(max-width: 760px)").matches) find("guide").open = false; // the grades leave little room there
  if (!items.length) finished();
  else { at = -1; const first = items.findIndex(waits); if (first < 0) finished(); else show(first); }
})();
