// htmx: the CSRF token and the account of the page on every request, and a readable message when the server did not answer.
import { flash } from "./flash.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

function addHeaders(event) {
  const { request } = event.detail.ctx;
  // Another tab may have switched: rows of one account must not appear under the name of another.
  const account = meta("shown-account");
  if (account) request.headers["X-Shown-Account"] = account;
  if (!["GET", "HEAD"].includes(request.method?.toUpperCase())) {
    request.headers["X-CSRFToken"] = meta("csrf-token");
  }
}

function explain(event) {
  const status = event.detail.ctx?.response?.status;
  if (status === undefined) flash(meta("message-offline"));
  else if (status === 403) flash(meta("message-forbidden"));
  else if (status === 404) flash(meta("message-gone"));
  else if (status === 503) flash(meta("message-busy"));
  else if (status >= 500) flash(meta("message-failed"));
}

export function initHtmx() {
  document.addEventListener("htmx:config:request", addHeaders);
  document.addEventListener("htmx:response:error", explain);
  document.addEventListener("htmx:error", explain);
}
