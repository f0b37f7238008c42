// <form data-confirm="What will happen"> asks first, in one dialog of the page; with data-confirm-tone="primary" for what
// takes nothing away. Without script the form just submits.
const confirmed = new WeakSet();

function ask(form, submitter) {
  const dialog = document.getElementById("confirm");
  const button = dialog.querySelector("[data-confirm-yes]");
  dialog.querySelector("[data-confirm-title]").textContent = form.dataset.confirmTitle || dialog.dataset.title;
  dialog.querySelector("[data-confirm-text]").textContent = form.dataset.confirm;
  button.textContent = form.dataset.confirmButton || submitter?.textContent.trim() || dialog.dataset.button;
  const tone = form.dataset.confirmTone || "danger";
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
  if (!form.dataset.confirm || confirmed.delete(form)) return;
  // Before htmx and the browser see it: capture phase, and nobody else is told.
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, event.submitter);
}

export function initConfirm() {
  document.addEventListener("submit", intercept, true);
}
