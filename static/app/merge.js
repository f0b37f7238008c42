// The name of a merge's result follows where the contacts go, until somebody writes a name. Without script it stays as proposed.
const form = document.querySelector("form[data-merge]");
const name = form.elements.namedItem("name");
const proposed = [...form.querySelectorAll("[data-name]")].map((radio) => radio.dataset.name);

form.addEventListener("change", (event) => {
  const next = event.target.dataset.name;
  if (next && proposed.includes(name.value)) name.value = next;
});
