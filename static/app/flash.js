// Shows an error above the page, from the template that the server rendered in the person's language.
export function flash(text) {
  const region = document.getElementById("flash");
  const template = document.getElementById("flash-template");
  if (!text || !region || !template) return;
  const item = template.content.cloneNode(true);
  item.querySelector("[data-text]").textContent = text;
  region.replaceChildren(item);
  region.scrollIntoView({ block: "nearest" });
}

export function initFlash() {
  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest("[data-flash]")?.remove();
  });
}
