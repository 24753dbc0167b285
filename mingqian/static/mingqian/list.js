// Manners of lists: "/" goes to the search box, the address carries no empty filters, what is unfolded stays unfolded.
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.querySelector("[data-search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  document.addEventListener("toggle", (event) => {
    if (event.target.dataset?.more === undefined) return;
    event.target.querySelector("input[name=more]").value = event.target.open ? "1" : "";
  }, true);

  // Without htmx's help a form sends what is empty too: leave it out, so that the address can be read and kept.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.dataset.filters === undefined) return;
    const { parameters } = event.detail;
    for (const name of [...new Set(Object.keys(parameters))]) {
      if (parameters[name] === "") delete parameters[name];
    }
  });

  // A chip takes its filter away above too, since the form stays as it is.
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const form = document.querySelector("form[data-filters]");
    const field = form?.elements[chip.dataset.chip];
    if (!field || !window.htmx) return;
    event.preventDefault();
    const boxes = field instanceof RadioNodeList ? [...field] : [field];
    for (const box of boxes) {
      if (box.type !== "checkbox") box.value = "";
      else if (box.value === chip.dataset.value) box.checked = false;
    }
    window.htmx.trigger(form, "submit");
  });

  // Back and forward show the list of their address, with the filters of that address.
  document.addEventListener("htmx:historyRestore", () => window.location.reload());
})();
