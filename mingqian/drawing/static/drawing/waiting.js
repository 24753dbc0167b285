// When the state changes under the projector (contributions closed, opened, void), the page shows its next face.
document.addEventListener("htmx:afterSettle", () => {
  const now = document.getElementById("ceremony-state");
  if (!now) return;
  const first = document.body.dataset.state ?? now.dataset.state;
  document.body.dataset.state = first;
  if (now.dataset.state !== first) {
    location.assign(now.dataset.state === "opened" ? `${location.pathname}?play=1` : location.pathname);
  }
});
