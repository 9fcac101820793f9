// The panel of conversations (ui/web/talks.py): open or folded as the reader left it, and renaming and deleting in place.
(() => {
  const KEY = "florilegium-talks";
  const panel = () => document.querySelector("#fl-talks");
  const wide = () => matchMedia("(min-width: 1100px)").matches;
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (open) => { try { localStorage.setItem(KEY, open ? "open" : "folded"); } catch { /* not kept, then */ } };

  // The panel is drawn anew after each answer: it is put back as it was. On a narrow screen it is folded whenever a page is opened.
  let open = wide() && kept() !== "folded";
  const settle = () => {
    const details = panel()?.querySelector("details");
    if (!details || details.flReady) return;
    details.flReady = true;
    details.open = open && !!panel().querySelector("[data-talk]") || open && kept() === "open";
    details.querySelector("summary").addEventListener("click", () => { open = !details.open; if (wide()) keep(open); });
  };
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });

  const leave = (row) => {
    row.querySelector("form")?.remove();
    for (const part of row.children) part.hidden = false;
    row.querySelector(`[data-do="${row.dataset.doing}"]`)?.focus();
    delete row.dataset.doing;
  };
  const begin = (row, what) => {
    if (row.dataset.doing) leave(row);
    const form = panel().querySelector(`template[data-for="${what}"]`).content.firstElementChild.cloneNode(true);
    for (const part of row.children) part.hidden = true;
    row.dataset.doing = what;
    row.append(form);
    const field = form.querySelector("input");
    if (field) { field.value = row.querySelector("a").textContent; field.focus(); field.select(); } else form.querySelector("button").focus();
  };
  const told = () => {
    const line = document.querySelector("#fl-said");
    if (!line) return;
    line.textContent = panel().dataset.failed;
    setTimeout(() => { line.textContent = ""; }, 6000);
  };
  const send = async (row, form) => {
    const what = row.dataset.doing;
    const id = row.dataset.talk;
    const title = form.elements.title?.value.trim();
    const body = new URLSearchParams(title ? { title } : {});
    let done = false;
    try { done = (await fetch(`/conversations/${encodeURIComponent(id)}/${what}`, { method: "POST", body })).ok; } catch { /* told below */ }
    if (!done) { told(); return; }
    if (what === "rename") {
      const link = row.querySelector("a");
      for (const button of row.querySelectorAll(".fl-talk-acts button")) button.setAttribute("aria-label", `${button.title}: ${title}`);
      link.textContent = title;
      leave(row);
      return;
    }
    const here = row.querySelector("a[aria-current]") || new URLSearchParams(location.search).get("c") === id;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    if (here) location.href = "/"; else (next?.querySelector("a") || panel().querySelector("summary")).focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#fl-talks button[data-do]");
    if (!button) return;
    const row = button.closest("[data-talk]");
    if (button.dataset.do === "leave") leave(row); else begin(row, button.dataset.do);
  });
  document.addEventListener("submit", (event) => {
    const row = event.target.closest("#fl-talks [data-talk]");
    if (!row) return;
    event.preventDefault();
    send(row, event.target);
  });
  document.addEventListener("keydown", (event) => {
    const row = event.key === "Escape" && event.target.closest?.("#fl-talks [data-talk]");
    if (row && row.dataset.doing) { event.stopPropagation(); leave(row); }
  }, true);
})();
