// The Library page's state is its address: links on it, back and forward are heeded without loading the page anew.
(() => {
  const field = (id) => document.querySelector(`#${id} textarea, #${id} input`);
  const put = (id, value) => {
    const box = field(id);
    if (!box) return false;
    const kind = box.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    if (box.value === value) value += " ";
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, value);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  };
  const here = () => location.pathname.replace(/\/$/, "") === "/library";
  window.florilegiumLibrary = {
    ready: () => document.querySelectorAll(".fl-unseen textarea, .fl-unseen input").forEach((box) => { box.tabIndex = -1; box.setAttribute("aria-hidden", "true"); }),
    tell: (state) => { if (here() && location.search !== state) history.pushState({}, "", `/library${state}`); },
  };
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("button.fl-pick");
    if (pick) { put("fl-picked", pick.dataset.id); return; }
    const link = event.target.closest("a.fl-go");
    if (!link || !here() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const address = new URL(link.href, location.href);
    if (!put("fl-address", address.search || "?")) return;
    event.preventDefault();
    history.pushState({}, "", `/library${address.search}`);
    document.querySelector("#fl-found")?.scrollIntoView({ block: "nearest" });
  }, true);
  window.addEventListener("popstate", () => { if (here()) put("fl-address", location.search || "?"); });
})();
