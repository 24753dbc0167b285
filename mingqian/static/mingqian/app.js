// Small manners of every page: copy buttons, the menu on phones, a form sent once, focus on the summary of errors.
(() => {
  "use strict";

  const copy = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // The clipboard needs a secure context; closed networks often have plain HTTP.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.dataset.done = "";
    button.setAttribute("aria-label", "已复制");
    setTimeout(() => {
      delete button.dataset.done;
      button.setAttribute("aria-label", "复制");
    }, 2000);
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-copy], [data-menu], [data-print]");
    if (!target) return;
    if (target.dataset.copy !== undefined) copy(target);
    if (target.dataset.print !== undefined) window.print();
    if (target.dataset.menu !== undefined) {
      const open = document.querySelector(".mq-top").classList.toggle("mq-open");
      target.setAttribute("aria-expanded", String(open));
    }
  });

  // A second click on a button that is under way would only meet the server's refusal: spare people the message.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    if (form.method.toLowerCase() === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.sent = "";
      const button = event.submitter;
      if (button && button.dataset.busy) {
        const label = button.querySelector("[data-label]") ?? button;
        label.textContent = button.dataset.busy;
      }
      setTimeout(() => delete form.dataset.sent, 15000);
    }
  });

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // A table that scrolls within its frame must be reached by the keyboard, or its lower rows are for mice only.
  const reach = () => {
    for (const frame of document.querySelectorAll(".mq-table-wrap, .mqc > main")) {
      const scrolls = frame.scrollHeight > frame.clientHeight + 1 || frame.scrollWidth > frame.clientWidth + 1;
      if (!scrolls || frame.tabIndex === 0) continue;
      frame.tabIndex = 0;
      if (frame.localName === "main") continue;
      frame.setAttribute("role", "region");
      frame.setAttribute("aria-label", "可滚动的表格");
    }
  };
  window.addEventListener("resize", reach);
  document.addEventListener("htmx:afterSettle", reach);
  reach();

  document.querySelector(".mq-errors")?.focus();
})();
