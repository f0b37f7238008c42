// <input type=checkbox data-check-all="id"> ticks every box of that name in its form, and shows when only some are ticked.
const boxes = (all) => [...all.form.elements].filter((box) => box.type === "checkbox" && box.name === all.dataset.checkAll);

function reflect(all) {
  const ticked = boxes(all).filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes(all).length;
  all.indeterminate = ticked > 0 && !all.checked;
}

function onChange(event) {
  const { target } = event;
  if (!target.matches("input[type=checkbox]") || !target.form) return;
  if (target.dataset.checkAll) for (const box of boxes(target)) box.checked = target.checked;
  for (const all of target.form.elements) if (all.dataset.checkAll) reflect(all);
}

export function initCheckAll() {
  document.addEventListener("change", onChange);
}
