// <form data-autosubmit> submits itself when a choice changes. Text fields are left alone: leaving one is no choice.
export function initAutosubmit() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
}
