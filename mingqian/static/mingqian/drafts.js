// A long form is kept on the server while it is written: two seconds after the last key, and when the page is left.
(() => {
  "use strict";

  const mark = document.querySelector("[data-draft]");
  const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const forms = [...document.querySelectorAll("main form")].filter((form) => form.method === "post" && !form.action.includes("/drafts/"));
  const form = forms.sort((one, other) => fields(other).length - fields(one).length)[0];
  if (!mark || !form) return;

  // The server knows by this whose form it is, also when the session has ended in the meantime.
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "_draft";
  token.value = mark.dataset.draft;
  form.append(token);

  let touched = false;
  let sent = false;
  let timer = 0;
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  };
  const keep = () => {
    if (!touched || sent) return;
    touched = false;
    fetch(mark.dataset.draftUrl, { method: "POST", body: body(), keepalive: true }).catch(() => {
      touched = true;
    });
  };
  const later = () => {
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 2000);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => {
    sent = false;
  });
  window.addEventListener("pagehide", keep);
})();
