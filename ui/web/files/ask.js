(() => {
  const panel = () => document.querySelector("#fl-evidence iframe");
  const open = (link) => {
    const address = new URL(link.href, location.href);
    address.searchParams.set("panel", "1");
    document.querySelectorAll("a.fl-open").forEach((other) => other.classList.remove("fl-open"));
    link.classList.add("fl-open");
    panel().src = address.pathname + address.search + address.hash;
    document.body.classList.add("fl-panel-open");
  };
  const close = () => document.body.classList.remove("fl-panel-open");
  document.addEventListener("click", (event) => {
    if (event.target.closest("#fl-close")) { close(); return; }
    const link = event.target.closest('a[href*="/review/"]');
    if (!link || !panel() || event.ctrlKey || event.metaKey || event.shiftKey || new URL(link.href, location.href).origin !== location.origin) return;
    event.preventDefault();
    open(link);
  }, true);
  // A new question goes to the top of the chat, so that its answer is read from its first sentence. The page is drawn anew with every event of
  // the answer, so it is brought there again until the reader scrolls.
  let questions = 0;
  let held = false;
  const settle = () => {
    const asked = document.querySelectorAll("#fl-chat .user");
    if (asked.length > questions) held = true;
    questions = asked.length;
    const last = asked[questions - 1];
    const log = document.querySelector("#fl-chat .bubble-wrap");
    if (!held || !last || !log) return;
    const away = last.getBoundingClientRect().top - log.getBoundingClientRect().top;
    if (Math.abs(away) > 2) log.scrollTo({ top: log.scrollTop + away });
  };
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) document.addEventListener(kind, () => { held = false; }, { passive: true });
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
