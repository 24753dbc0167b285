// Choosing items out of a long list: a box that narrows it, with what is chosen always in sight.
(() => {
  "use strict";

  for (const part of document.querySelectorAll("[data-pick]")) {
    const rows = [...part.querySelectorAll("input[type=checkbox]")].map((box) => ({ box, row: box.closest("div, li, label") }));
    if (rows.length < 12) continue;
    const find = document.createElement("input");
    find.type = "search";
    find.className = "mq-input";
    find.placeholder = `在 ${rows.length} 个事项中查找`;
    find.setAttribute("aria-label", "查找抽查事项");
    const count = document.createElement("p");
    count.className = "mq-how";
    count.setAttribute("aria-live", "polite");
    const show = () => {
      const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { box, row } of rows) {
        const fits = words.every((word) => row.textContent.toLowerCase().includes(word));
        row.hidden = !(box.checked || fits);
        if (!row.hidden) shown += 1;
      }
      const chosen = rows.filter(({ box }) => box.checked).length;
      count.textContent = `已选 ${chosen} 个，显示 ${shown} 个`;
    };
    // The box is for finding only: what is typed there is no condition.
    find.addEventListener("input", (event) => { event.stopPropagation(); show(); });
    find.addEventListener("change", (event) => event.stopPropagation());
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    part.addEventListener("change", show);
    const group = part.querySelector("fieldset") || part;
    const legend = group.querySelector("legend");
    if (legend) legend.after(find, count);
    else group.prepend(find, count);
    show();
  }
})();
