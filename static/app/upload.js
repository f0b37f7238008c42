// <form data-upload>: sends a normal multipart form with a progress bar, drag and drop and a cancel button.
// htmx sends with fetch, which has no upload progress. Without script, or without a chosen file, the form submits itself.
const part = (form, name) => form.querySelector(`[data-upload-${name}]`);
const picker = (form) => form.querySelector("input[type=file][data-upload-input]");

function fail(form, message) {
  const error = part(form, "error");
  error.textContent = message;
  error.hidden = false;
}

function busy(form, on) {
  form.toggleAttribute("data-busy", on);
  part(form, "progress").hidden = !on;
  part(form, "error").hidden = true;
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = on;
}

function advance(form, event) {
  if (!event.lengthComputable) return;
  const percent = Math.floor((100 * event.loaded) / event.total);
  const bar = part(form, "bar");
  bar.value = percent;
  part(form, "percent").textContent = `${percent} %`;
  // A screen reader hears each tenth, not each packet.
  const status = part(form, "status");
  const tenth = Math.floor(percent / 10) * 10;
  if (status.dataset.tenth !== String(tenth)) {
    status.dataset.tenth = tenth;
    status.textContent = percent < 100 ? `${tenth} %` : form.dataset.uploadReading;
  }
}

function finish(form, request) {
  busy(form, false);
  if (request.status >= 500 || request.status === 413 || request.status === 0) {
    const words = { 413: form.dataset.uploadTooLarge, 507: form.dataset.uploadNoRoom };
    fail(form, words[request.status] || form.dataset.uploadFailed);
  } else if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
    window.location.assign(request.responseURL);
  } else {
    // The form came back with its errors: show them where they are.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = document.querySelector("main");
    main.replaceChildren(...page.querySelector("main").childNodes);
    window.htmx?.process(main);
    main.querySelector("[aria-invalid=true], [role=alert]")?.scrollIntoView({ block: "center" });
  }
}

function send(form, submitter) {
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => advance(form, event));
  request.addEventListener("load", () => finish(form, request));
  request.addEventListener("error", () => { busy(form, false); fail(form, form.dataset.uploadFailed); });
  request.addEventListener("abort", () => busy(form, false));
  part(form, "cancel").onclick = () => request.abort();
  request.open("POST", form.action);
  busy(form, true);
  request.send(new FormData(form, submitter));
}

function tooLarge(form, file) {
  const limit = Number(form.dataset.uploadMaxBytes);
  return limit > 0 && file.size > limit;
}

function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-upload]")) return;
  const file = picker(form)?.files[0];
  if (!file) return;
  event.preventDefault();
  if (form.hasAttribute("data-busy")) return;
  if (tooLarge(form, file)) fail(form, form.dataset.uploadTooLarge);
  else send(form, event.submitter);
}

function onDrag(event) {
  const zone = event.target.closest?.("[data-upload-zone]");
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.toggleAttribute("data-over", event.type !== "dragleave" && event.type !== "drop");
  if (event.type !== "drop" || event.dataTransfer.files.length === 0) return;
  const input = picker(zone.closest("form"));
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export function initUpload() {
  document.addEventListener("submit", onSubmit);
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(type, onDrag);
}
