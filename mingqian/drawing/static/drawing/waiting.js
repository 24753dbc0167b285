// When the state changes under the projector (contributions closed, opened, void), the page shows its next face.
(() => {
  "use strict";
  const state = () => document.getElementById("ceremony-state")?.dataset.state;
  // What the page was made for, not what the first answer brings: between the two the draw may have been opened.
  const first = state();
  document.addEventListener("htmx:afterSettle", () => {
    const now = state();
    if (now && now !== first) location.assign(now === "opened" ? `${location.pathname}?play=1` : location.pathname);
  });
})();
