// Brings the first error of a form that came back into view, and the focus to it: in a page, and in what htmx swaps in.
const ERRORS = "[aria-invalid=true], form .errorlist.nonfield, form .alert-danger";

function showFirst(root) {
  const error = root.querySelector(ERRORS);
  if (!error) return;
  if (!error.matches("input, select, textarea, button")) error.tabIndex = -1;
  error.focus({ preventScroll: true });
  error.scrollIntoView({ block: "center" });
}

export function initFirstError() {
  showFirst(document.querySelector("main") ?? document);
  document.addEventListener("htmx:after:swap", (event) => {
    const form = event.target.closest?.("form") ?? event.target;
    if (form.querySelector?.("[aria-invalid=true]") && !form.contains(document.activeElement)) showFirst(form);
  });
}
