// <form data-confirm="What will happen"> asks first, in one dialog of the page, and so does a button that has it, for a form
// with several; with data-confirm-tone="primary" for what takes nothing away. Without script the form just submits.
const confirmed = new WeakSet();

function ask(form, submitter, words) {
  const dialog = document.getElementById("confirm");
  const button = dialog.querySelector("[data-confirm-yes]");
  dialog.querySelector("[data-confirm-title]").textContent = words.confirmTitle || dialog.dataset.title;
  dialog.querySelector("[data-confirm-text]").textContent = words.confirm;
  button.textContent = words.confirmButton || submitter?.textContent.trim() || dialog.dataset.button;
  const tone = words.confirmTone || "danger";
  button.classList.toggle("btn-danger", tone === "danger");
  button.classList.toggle("btn-primary", tone === "primary");
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    confirmed.add(form);
    form.requestSubmit(submitter);
  }, { once: true });
  dialog.showModal();
  dialog.querySelector("[data-confirm-no]").focus();
}

function intercept(event) {
  const form = event.target;
  const words = event.submitter?.dataset.confirm ? event.submitter.dataset : form.dataset;
  if (!words.confirm || confirmed.delete(form)) return;
  // Before htmx and the browser see it: capture phase, and nobody else is told.
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter, words);
}

export function initConfirm() {
  document.addEventListener("submit", intercept, true);
}
