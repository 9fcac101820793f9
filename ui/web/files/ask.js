(() => {
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const one = (what, within = document) => within.querySelector(what);
  document.cookie = `florilegium_zone=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone || "")}; path=/; max-age=31536000; samesite=lax`;

  // ---- the evidence panel: the cited record with its words marked, and the way to the next citation of the same answer
  let opened = "";
  let from = null;
  const links = () => {
    const link = all("a.fl-cite, a.fl-record", one("#fl-chat")).find((each) => each.href === opened);
    const answer = link && link.closest(".fl-answer");
    return answer ? all("a.fl-cite", answer) : [];
  };
  const mark = () => {
    const cites = links();
    const at = cites.findIndex((each) => each.href === opened);
    all("a.fl-open").forEach((each) => each.classList.toggle("fl-open", each.href === opened));
    if (cites[at]) cites[at].classList.add("fl-open");
    const place = one("#fl-place");
    if (!place) return;
    const text = at < 0 ? "" : place.dataset.text.replace("{at}", at + 1).replace("{of}", cites.length);
    if (place.textContent !== text) place.textContent = text;
    one("#fl-previous").disabled = at < 1;
    one("#fl-following").disabled = at < 0 || at + 1 >= cites.length;
  };
  const open = (link, focus) => {
    const address = new URL(link.href, location.href);
    address.searchParams.set("panel", "1");
    opened = link.href;
    from = link;
    one("#fl-evidence iframe").src = address.pathname + address.search + address.hash;
    document.body.classList.add("fl-panel-open");
    mark();
    if (focus) one("#fl-evidence").focus({ preventScroll: true });
  };
  const step = (by) => {
    const cites = links();
    const next = cites[cites.findIndex((each) => each.href === opened) + by];
    if (next) { open(next, false); next.scrollIntoView({ block: "nearest" }); }
  };
  const close = () => {
    if (!document.body.classList.contains("fl-panel-open")) return;
    document.body.classList.remove("fl-panel-open");
    const back = from && from.isConnected ? from : all("a.fl-cite").find((each) => each.href === opened);
    if (back && one("#fl-evidence").contains(document.activeElement)) back.focus();
  };

  // ---- the conversation in the address, so that a page loaded again shows it again
  window.flTalk = (talk) => {
    let id = "";
    try { id = JSON.parse(talk).conversation; } catch { return; }
    const address = new URL(location.href);
    if (id) address.searchParams.set("c", id); else address.searchParams.delete("c");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  };

  // ---- what can be done with an answer
  const say = (text) => {
    const line = one("#fl-said");
    line.textContent = text;
    clearTimeout(line.going);
    line.going = setTimeout(() => { line.textContent = ""; }, 6000);
  };
  const turnOf = (answer) => all("#fl-chat .fl-answer").indexOf(answer);
  const questionOf = (answer) => (all("#fl-chat .user .message")[turnOf(answer)]?.innerText || "").trim();
  const addressOf = (answer) => one('a.fl-tool[href*="/answers/"]', answer.parentElement)?.getAttribute("href").replace(location.origin, "");
  const command = (what) => window.flCommand && window.flCommand(what);
  const plain = (answer) => {
    const told = all(".fl-said, .fl-sentence", answer).map((line) => {
      const copy = line.cloneNode(true);
      all(".fl-sign", copy).forEach((sign) => sign.remove());
      all("a.fl-cite", copy).forEach((cite) => { cite.textContent = `[${cite.textContent}]`; });
      return copy.textContent.replace(/\s+/g, " ").trim();
    });
    const sources = all(".fl-sources li", answer).map((line) => {
      const doi = one("a.fl-doi", line);
      const copy = line.cloneNode(true);
      all("a.fl-doi", copy).forEach((each) => each.remove());
      return `[${line.value}] ${copy.textContent.replace(/\s+/g, " ").trim()}${doi ? ` ${doi.href}` : ""}`;
    });
    return [questionOf(answer), "", ...told, "", ...sources].join("\n").trim();
  };
  const copy = async (text) => {
    if (navigator.clipboard && isSecureContext) { await navigator.clipboard.writeText(text); return; }
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };
  const send = async (address, what) => {
    try {
      const reply = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what) });
      const told = await reply.json();
      say(told.text || told.error || one("#fl-said").dataset.failed);
      return reply.ok;
    } catch {
      say(one("#fl-said").dataset.failed);
      return false;
    }
  };
  const down = (answer, tool) => {
    const dialog = one("#fl-down");
    const form = one("form", dialog);
    form.reset();
    const which = one("#fl-down-sources");
    const names = all(".fl-sources li", answer).map((line) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = "wrong";
      box.value = decodeURIComponent(new URL(one("a.fl-record", line).href).pathname.split("/").pop());
      label.append(box, ` [${line.value}] ${one("a.fl-record", line).textContent}`);
      return label;
    });
    one("div", which).replaceChildren(...names);
    const choose = () => { which.hidden = !names.length || form.elements.reason.value !== "wrong_source"; };
    form.onchange = choose;
    choose();
    dialog.onclose = async () => {
      if (dialog.returnValue === "send") {
        const wrong = which.hidden ? [] : all("input:checked", which).map((box) => box.value);
        const what = { useful: false, reason: form.elements.reason.value || "", note: form.elements.note.value, wrong };
        if (await send(`${addressOf(answer)}/feedback`, what)) tool.classList.add("fl-done");
      }
      dialog.returnValue = "";
      tool.focus();
    };
    dialog.showModal();
  };
  const tools = {
    copy: async (answer) => { try { await copy(plain(answer)); say(one("#fl-said").dataset.copied); } catch { say(one("#fl-said").dataset.failed); } },
    retry: (answer) => command({ do: "retry", turn: turnOf(answer), text: questionOf(answer) }),
    edit: (answer) => { command({ do: "edit", turn: turnOf(answer), text: questionOf(answer) }); one("#fl-box textarea").focus(); },
    save: async (answer, tool) => {
      try {
        const reply = await fetch("/questions", { method: "POST", body: new URLSearchParams({ answer: addressOf(answer).split("/").pop() }) });
        say(one("#fl-said").dataset[reply.ok ? "saved" : "failed"]);
        if (reply.ok) tool.classList.add("fl-done");
      } catch { say(one("#fl-said").dataset.failed); }
    },
    up: async (answer, tool) => { if (await send(`${addressOf(answer)}/feedback`, { useful: true })) tool.classList.add("fl-done"); },
    down,
    ask: (_, link) => command({ do: "ask", text: link.textContent }),
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#fl-close")) { close(); return; }
    if (event.target.closest("#fl-previous")) { step(-1); return; }
    if (event.target.closest("#fl-following")) { step(1); return; }
    const link = event.target.closest("a");
    if (!link || !one("#fl-evidence") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".fl-suggested") || (link.matches(".fl-tool") && link.hash && link.getAttribute("href").includes("#"))) {
      event.preventDefault();
      const tool = tools[link.hash.slice(1)];
      let answer = link.closest(".fl-tools");
      while (answer && !answer.matches(".fl-answer")) answer = answer.previousElementSibling;
      if (tool) tool(answer, link);
      return;
    }
    if (new URL(link.href, location.href).origin !== location.origin || !link.pathname.startsWith("/review/") || link.pathname.endsWith("/edit")) return;
    event.preventDefault();
    open(link, event.detail === 0);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); return; }
    if (event.target.closest("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey || !opened) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });

  // A new question goes to the top of the chat, so that its answer is read from its first sentence. The page is drawn anew with every event of
  // the answer, so it is brought there again until the reader scrolls.
  let questions = 0;
  let held = false;
  const settle = () => {
    const asked = all("#fl-chat .user");
    if (asked.length > questions) held = true;
    questions = asked.length;
    const last = asked[questions - 1];
    const log = one("#fl-chat .bubble-wrap");
    if (!held || !last || !log) return;
    const away = last.getBoundingClientRect().top - log.getBoundingClientRect().top;
    if (Math.abs(away) > 2) log.scrollTo({ top: log.scrollTop + away });
  };
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) document.addEventListener(kind, () => { held = false; }, { passive: true });
  new MutationObserver(() => { settle(); if (opened) mark(); }).observe(document.documentElement, { childList: true, subtree: true });
})();
