// A box to sign in with a finger, a pen or the mouse; sent as a picture.
(() => {
  "use strict";

  const form = document.querySelector("form[data-sign]");
  if (!form) return;
  const box = form.querySelector("canvas");
  const pen = box.getContext("2d");
  let drawing = false;
  let strokes = 0;

  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, box.width, box.height);
    pen.strokeStyle = "#1b2430";
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    strokes = 0;
  };
  const at = (event) => {
    const frame = box.getBoundingClientRect();
    return [(event.clientX - frame.left) * box.width / frame.width, (event.clientY - frame.top) * box.height / frame.height];
  };
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    drawing = true;
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  box.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
    strokes += 1;
  });
  for (const name of ["pointerup", "pointercancel"]) box.addEventListener(name, () => { drawing = false; });
  form.querySelector("[data-sign-clear]").addEventListener("click", clear);
  form.addEventListener("submit", () => {
    // An empty box is sent as nothing, so that the answer says what to do.
    form.elements.image.value = strokes > 5 ? box.toDataURL("image/png") : "";
  });
  clear();
})();
