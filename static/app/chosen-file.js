// <input type=file data-upload-input>: tells the chosen file's name and size in its zone, and proposes that name for
// an empty field (data-upload-names="id of the field").
const STEP = 1000;

function fileSize(bytes, units) {
  let size = bytes;
  let unit = 0;
  const rounded = () => Math.round(size * 10) / 10;
  while (rounded() >= STEP && unit < units.length - 1) {
    size /= STEP;
    unit += 1;
  }
  return `${rounded().toLocaleString(document.documentElement.lang)}\u00a0${units[unit]}`;
}

function propose(field, file) {
  if (!field || (field.value !== "" && field.value !== field.dataset.proposed)) return;
  const name = file.name.replace(/\.[^.]+$/, "");
  field.value = field.maxLength > 0 ? name.slice(0, field.maxLength) : name;
  field.dataset.proposed = field.value;
}

function onChange(event) {
  const input = event.target;
  if (!input.matches("input[type=file][data-upload-input]")) return;
  const [file] = input.files;
  const output = input.closest("[data-upload-zone]").querySelector("[data-upload-chosen]");
  output.textContent = file ? `${file.name} · ${fileSize(file.size, output.dataset.units.split(" "))}` : "";
  if (file && input.dataset.uploadNames) propose(document.getElementById(input.dataset.uploadNames), file);
}

export function initChosenFile() {
  document.addEventListener("change", onChange);
}
