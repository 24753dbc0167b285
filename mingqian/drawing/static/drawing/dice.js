// The pad of dice faces: each press adds a digit; typing works as well. The server checks what is handed in.
(() => {
  "use strict";
  const pad = document.querySelector("[data-dice-pad]");
  if (!pad) return;
  const field = pad.querySelector("input[name='digits']");
  const count = pad.querySelector("[data-dice-count]");

  const show = () => {
    const digits = field.value.replace(/\D/g, "");
    const kinds = new Set(digits).size;
    count.textContent = `已输入 ${digits.length} 位，${kinds} 种数字`;
  };

  pad.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.digit) field.value += button.dataset.digit;
    else if (button.dataset.diceBack !== undefined) field.value = field.value.slice(0, -1);
    else if (button.dataset.diceClear !== undefined) field.value = "";
    show();
  });
  field.addEventListener("input", show);
  show();
})();
