// The witness's own phone: the device does the work; when the lot moves on under it, the page shows its next face.
import { startDevice } from "../verifier/witness/device.js";

const element = document.getElementById("device");
if (element) {
  startDevice(element);
  let first = "";
  setInterval(async () => {
    try {
      const { state, opened, spoken } = await (await fetch(element.dataset.stateUrl, { cache: "no-store" })).json();
      const now = `${state === "opened" || state === "voided" ? state : ""}${spoken}`;
      if (first && now !== first && (opened || state !== "closed")) location.reload();
      first = now;
    } catch {
      // No network for a moment: asked again.
    }
  }, 3000);
}
