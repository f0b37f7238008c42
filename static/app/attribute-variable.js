// <input data-variable-of="id of the name's field"> follows the name until somebody writes in it: "Date d'achat" is date_d_achat.
const MAX_LENGTH = 40;

export function variableOf(name) {
  const plain = name.replaceAll("œ", "oe").replaceAll("Œ", "OE").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let word = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  if (word && !/^[a-z]/.test(word)) word = `attribut_${word}`;
  return word.slice(0, MAX_LENGTH).replace(/_+$/, "");
}

function follows(field, name) {
  return field.dataset.own === undefined && (field.value === "" || field.value === variableOf(name.dataset.before ?? ""));
}

document.addEventListener("input", (event) => {
  const written = event.target;
  if (written.dataset.variableOf !== undefined) {
    if (written.value === "") delete written.dataset.own;
    else written.dataset.own = "";
    return;
  }
  const field = written.id && document.querySelector(`[data-variable-of="${CSS.escape(written.id)}"]`);
  if (!field || !follows(field, written)) return;
  field.value = variableOf(written.value);
  written.dataset.before = written.value;
});
