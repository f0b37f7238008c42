// Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, quotes around those with breaks.
export function parseBlock(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (char === '"' && cell === "" && closes(source, at)) quoted = true;
    else if (char === "\t") { rows.at(-1).push(cell); cell = ""; }
    else if (char === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); }
    else cell += char;
  }
  rows.at(-1).push(cell);
  return rows;
}

// A quote that begins a cell only means something when another one ends a cell: else it is an inch or a mistake.
function closes(source, at) {
  let end = source.indexOf('"', at + 1);
  while (end !== -1) {
    const next = source[end + 1];
    if (next === undefined || next === "\t" || next === "\n") return true;
    end = source.indexOf('"', next === '"' ? end + 2 : end + 1);
  }
  return false;
}

export function formatBlock(rows) {
  const cell = (text) => (/["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}
