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
  // A new question goes to the top of the chat, so that its answer is read from its first sentence.
  let questions = 0;
  const settle = () => {
    const asked = document.querySelectorAll("#fl-chat .user");
    if (asked.length === questions) return;
    questions = asked.length;
    const last = asked[questions - 1];
    const log = document.querySelector("#fl-chat .bubble-wrap");
    if (!last || !log) return;
    log.style.setProperty("--fl-room", `${log.clientHeight - last.offsetHeight - 40}px`);
    log.scrollTo({ top: log.scrollTop + last.getBoundingClientRect().top - log.getBoundingClientRect().top, behavior: "smooth" });
  };
  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
