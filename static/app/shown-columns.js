// The columns of the table: their dialog, and moving them without a reload. Without script it is a page of its own.
document.addEventListener("htmx:after:swap", () => {
  const dialog = document.getElementById("columns-dialog");
  if (!dialog || dialog.open || !dialog.querySelector("form")) return;
  // A search since the page was loaded has changed its address.
  dialog.querySelector("[name=back]").value = location.pathname + location.search;
  dialog.showModal();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (button.dataset.move === "up") other.before(row);
  else other.after(row);
  button.focus();
});

// Closed and opened again, it shows what is saved.
document.addEventListener("close", (event) => {
  if (event.target.id === "columns-dialog") event.target.replaceChildren();
}, true);
