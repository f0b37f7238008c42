// The tables of lists and of contacts: how many are ticked, and the question before something is done with them, in a dialog.
const number = new Intl.NumberFormat(document.documentElement.lang);

const TICKED = ".sp-tick input[type=checkbox]:checked";

function words(place) {
  const everything = document.querySelector("[data-everything]:checked");
  if (everything && !everything.dataset.everything) return place.dataset.all; // too many to be counted with the page
  const ticked = everything ? Number(everything.dataset.everything) : document.querySelectorAll(TICKED).length;
  return ticked === 1 ? place.dataset.one : place.dataset.many.replace("#", number.format(ticked));
}

function show() {
  const place = document.querySelector("[data-selection-count]");
  if (place) place.textContent = words(place);
}

function ask(event) {
  const dialog = document.getElementById("batch-dialog");
  if (event.target.id === "selection") dialog.showModal();
  // A second question took the place of the first, and of what had the focus.
  else if (dialog?.open && !dialog.contains(document.activeElement)) dialog.querySelector("h2")?.focus();
}

function onClick(event) {
  const close = event.target.closest("[data-close-dialog]");
  const dialog = close?.closest("dialog");
  if (!dialog) return; // without the dialog it is a link
  event.preventDefault();
  dialog.close();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox]")) show();
});
document.addEventListener("htmx:after:swap", (event) => { ask(event); show(); });
document.addEventListener("click", onClick);
// What answers with a file leaves the page as it is.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-closes-dialog]")) event.target.closest("dialog")?.close();
});
// A page shown again by the browser keeps its ticks.
window.addEventListener("pageshow", show);
