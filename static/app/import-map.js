// Step 2 of an import into the directory: choosing "Create an attribute…" opens its dialog, filled in from the column.
// Without script the server shows the same form when people continue.
import { variableOf } from "./attribute-variable.js";

const NEW = "NEW";
const dialog = document.getElementById("new-attribute");
const before = new WeakMap();
let asking = null;

function field(name) {
  return dialog.querySelector(`[name="attribute-${name}"]`);
}

function fill(row) {
  field("name").value = row.dataset.name;
  field("name").dataset.before = row.dataset.name;
  field("type").value = row.dataset.type;
  field("variable").value = variableOf(row.dataset.name);
  delete field("variable").dataset.own;
  dialog.querySelector("[name=new_column]").value = row.dataset.column;
  dialog.querySelectorAll(".invalid-feedback").forEach((error) => error.remove());
  dialog.querySelectorAll(".is-invalid").forEach((wrong) => wrong.classList.remove("is-invalid"));
}

function choose(event) {
  const select = event.target;
  if (!select.matches("select[data-mapping]")) return;
  if (select.value !== NEW) {
    before.set(select, select.value);
    return;
  }
  asking = select;
  fill(select.closest("[data-column]"));
  dialog.showModal();
  field("name").select();
}

function giveUp() {
  if (!asking) return;
  asking.value = before.get(asking) ?? "";
  asking.focus();
  asking = null;
}

if (dialog) {
  const selects = document.querySelectorAll("select[data-mapping]");
  for (const select of selects) before.set(select, select.value === NEW ? "" : select.value);
  document.addEventListener("change", choose);
  dialog.addEventListener("close", giveUp);
  dialog.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  // What is chosen in the page goes along, so that nothing of it is lost.
  dialog.querySelector("form").addEventListener("formdata", (event) => {
    for (const select of selects) event.formData.set(select.name, select.value);
  });
  if (dialog.open) {
    const column = dialog.querySelector("[name=new_column]").value;
    asking = document.querySelector(`select[data-mapping="${CSS.escape(column)}"]`);
    dialog.removeAttribute("open");
    dialog.showModal();
  }
}
