// The editor's small dialogs. Each asks one thing and answers with what was typed, or null.
import { columnsOf } from "./edit-grid-view.js";

function ask(grid, name, prepare = () => {}) {
  const dialog = grid.querySelector(`[data-dialog="${name}"]`);
  const form = dialog.querySelector("form");
  form.reset();
  prepare(dialog, form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? form : null), { once: true });
  });
}

// Enter in a field means the yes button, not the first one.
export function initDialogs(grid) {
  grid.querySelectorAll("dialog form").forEach((form) => {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target.localName !== "input") return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("[value=yes]"));
    });
  });
}

export async function askExclusion(grid, adds, isStop, shown) {
  const form = await ask(grid, adds ? "exclude" : "readmit", (dialog) => {
    dialog.querySelector("[data-who]").textContent = shown;
    const stop = dialog.querySelector("[data-stop]");
    if (!stop) return;
    stop.hidden = !isStop;
    stop.querySelector("input").required = isStop;
  });
  return form && { adds, reason: form.elements.reason.value.trim(), including_stop: !adds && form.elements.stop.checked };
}

export async function askContact(grid) {
  const form = await ask(grid, "add-entry", (dialog) => {
    const fields = dialog.querySelector("[data-fields]");
    fields.replaceChildren(...columnsOf(grid).slice(1).filter(({ head }) => head.dataset.changed !== "REMOVE").map(({ key, name }) => {
      const box = document.createElement("div");
      const label = Object.assign(document.createElement("label"), { className: "form-label", htmlFor: `add-${key}`, textContent: name });
      const input = Object.assign(document.createElement("input"), { className: "form-control", id: `add-${key}`, name: key, maxLength: 1000, autocomplete: "off" });
      box.append(label, input);
      return box;
    }));
  });
  if (!form) return null;
  const { phone, ...cells } = Object.fromEntries(new FormData(form));
  return { phone, cells: Object.fromEntries(Object.entries(cells).filter(([, value]) => value.trim())) };
}

export async function askColumn(grid, name, isTaken) {
  const form = await ask(grid, "column", (dialog, { elements }) => {
    elements.name.value = name;
    elements.name.oninput = () => elements.name.setCustomValidity(isTaken(elements.name.value) ? grid.words.columnTaken : "");
    elements.name.setCustomValidity("");
  });
  return form && form.elements.name.value.trim().replace(/\s+/g, " ");
}

export async function askSure(grid, title, text) {
  const form = await ask(grid, "sure", (dialog) => {
    dialog.querySelector("[data-title]").textContent = title;
    dialog.querySelector("[data-text]").textContent = text;
  });
  return form !== null;
}
