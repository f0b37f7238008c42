// What waits in a list's editor must not wait for whoever signs in next at this screen.
export function initForgetEdits() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[action$='/logout/']")) return;
    Object.keys(sessionStorage).filter((key) => key.startsWith("edit-grid:")).forEach((key) => sessionStorage.removeItem(key));
  });
}
