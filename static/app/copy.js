// <button data-copy="#id of a field or text" data-copied="Copied"> puts that text on the clipboard.
const SHOWN_MS = 2000;

async function write(source, text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http has no clipboard: select the text, so that one key press copies it.
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  source.select?.();
  throw new Error("no clipboard");
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  try {
    await write(source, source.value ?? source.textContent.trim());
  } catch {
    return;
  }
  label.textContent = button.dataset.copied;
  window.setTimeout(() => { label.textContent = before; }, SHOWN_MS);
}

export function initCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button && button.dataset.copied !== undefined) copy(button);
  });
}
