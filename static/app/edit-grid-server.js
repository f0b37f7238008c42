// What the grid asks of the server. Whatever happens on the way, pending changes stay with the page.
const meta = (name) => document.querySelector(`meta[name="${name}"]`);

export async function loadPage(address, options = {}) {
  const response = await fetch(address, { headers: { "X-Fragment": "grid" }, ...options });
  if (!response.ok) throw new Error(String(response.status));
  const html = await response.text();
  // Signed out: the sign-in page came instead.
  if (new URL(response.url).pathname !== new URL(location.href).pathname) throw new Error("signed-out");
  return { html, address: response.url };
}

function send(grid, changes) {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", meta("csrf-token").content);
  data.append("shown_account", meta("shown-account").content);
  data.append("changes", new Blob([JSON.stringify(changes)], { type: "application/json" }), "changes.json");
  return fetch(grid.dataset.save, { method: "POST", body: data, redirect: "manual" });
}

// After a new sign-in in another tab the page's token is out of date: take the present one.
async function renewToken(words) {
  const response = await fetch(location.href, { redirect: "manual" }).catch(() => Response.error());
  if (response.type === "opaqueredirect") throw new Error(words.signedOut);
  if (!response.ok) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector('meta[name="csrf-token"]');
  if (!fresh) return false;
  meta("csrf-token").content = fresh.content;
  return true;
}

// Returns the server's answer, or throws an Error whose message people can read.
export async function saveChanges(grid, changes) {
  const { words } = grid;
  const trySending = () => send(grid, changes).catch(() => { throw new Error(meta("message-offline").content); });
  let response = await trySending();
  if (response.status === 403 && await renewToken(words)) response = await trySending();
  if (response.type === "opaqueredirect") throw new Error(words.signedOut);
  if (response.status === 409) throw new Error(words.otherAccount);
  if (response.status === 403) throw new Error(words.forbidden);
  if (response.status === 404) throw new Error(meta("message-gone").content);
  if (response.status === 422) throw new Error((await response.json()).message);
  if (response.status === 503) throw new Error(meta("message-busy").content);
  if (!response.ok) throw new Error(meta("message-failed").content);
  return response.json();
}

export async function filledCells(grid, key) {
  const response = await fetch(`${grid.dataset.column}?key=${encodeURIComponent(key)}`, { redirect: "manual" });
  return response.ok ? (await response.json()).filled : "?";
}
