// Words marked with the pointer or the keyboard become the place of a note: the field's address and the code points from and to.
(() => {
  const form = document.getElementById("write");
  const record = document.getElementById("record");
  if (!form || !record) return;
  const place = form.querySelector('input[name="at"]');
  const quote = form.querySelector("blockquote.on");
  const whole = document.getElementById("note-whole");
  const points = (text) => Array.from(text).length;
  const offer = document.createElement("button");
  offer.type = "button";
  offer.id = "note-here";
  offer.hidden = true;
  offer.textContent = document.querySelector('label[for="new-note"]').textContent;
  document.body.append(offer);
  let found = null;
  const look = () => {
    const selection = document.getSelection();
    found = null;
    if (selection && selection.rangeCount && !selection.isCollapsed) {
      const range = selection.getRangeAt(0);
      const from = range.startContainer.parentElement?.closest(".text");
      const words = range.toString();
      if (from && from.contains(range.endContainer) && words.trim()) {
        const before = document.createRange();
        before.setStart(from, 0);
        before.setEnd(range.startContainer, range.startOffset);
        const start = Number(from.dataset.start) + points(before.toString()) + points(words) - points(words.trimStart());
        found = { at: `${from.closest("[data-field]").dataset.field}:${start}-${start + points(words.trim())}`, words: words.trim() };
        const box = range.getBoundingClientRect();
        offer.style.top = `${window.scrollY + box.bottom + 6}px`;
        offer.style.left = `${Math.max(8, Math.min(window.scrollX + box.left, document.documentElement.clientWidth - 220))}px`;
      }
    }
    offer.hidden = !found;
  };
  const take = () => {
    if (!found) return;
    place.value = found.at;
    quote.textContent = found.words;
    quote.hidden = false;
    whole.hidden = false;
    offer.hidden = true;
    const box = form.querySelector("textarea");
    box.focus({ preventScroll: true });
    form.scrollIntoView({ block: "center" });
  };
  document.addEventListener("selectionchange", look);
  offer.addEventListener("pointerdown", (event) => event.preventDefault());
  offer.addEventListener("click", take);
  whole.hidden = !place.value;
  whole.addEventListener("click", () => {
    place.value = "";
    quote.hidden = true;
    whole.hidden = true;
    form.querySelector("textarea").focus();
  });
})();
