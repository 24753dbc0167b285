// The opening of a lot on the projector. Nothing here is theatre: the whole bundle up to this lot is checked by the public verifier's own code,
// which recomputes every ticket and team, and what is shown is what it computed. Where it refuses, that is what is shown.

import { utf8 } from "../verifier/protocol/sha256.js";
import { examine } from "../verifier/protocol/verify.js";
import { sentenceOf } from "../verifier/page/reasons.js";
import { guardText } from "../verifier/page/sentences.js";
import { endChange, playChange } from "./projector-change.js";
import { endDraw, playDraw } from "./projector-draw.js";
import { buttons, control, stage, step } from "./projector-parts.js";

const verdict = document.getElementById("mqc-verdict");
const SAME = "本屏已核对封存指纹、系统随机数、名单、献数和种子，重新计算的结果与系统记录完全一致。";

/** The files up to the lot that is shown. */
function filesOf({ files, lot }) {
  const within = (name) => Number(/^supplement-(\d+)\//.exec(name)?.[1] ?? 0) <= lot;
  return new Map(Object.entries(files).filter(([name]) => name !== "ledger.json" && within(name)).map(([name, text]) => [name, utf8(text)]));
}

/** The payload checked: {files, bundle, supplement, guard, nameOf, reason}. */
function read(payload) {
  const files = filesOf(payload);
  const { says, bundle } = examine(files);
  const nameOf = (id) => payload.names[id]?.[0] || id;
  const supplement = bundle?.supplements[payload.lot - 1] ?? null;
  const told = says.census?.lots.find(({ number }) => number === payload.lot);
  const reason = says.reason || (told?.state === "opened" ? "" : "这次抽签还没有开签");
  return { files, bundle, supplement, nameOf, reason, guard: told ? guardText(told) : "" };
}

function show(same, text) {
  verdict.textContent = text;
  verdict.classList.toggle("bad", !same);
  stage.dataset.verdict = same ? "same" : "different";
}

async function play(data, number) {
  const running = ["pause", "fast", "skip"].map((name) => buttons[name]).filter(Boolean);
  buttons.replay.hidden = true;
  for (const button of running) button.hidden = control.skip;
  await (number ? playChange : playDraw)(data);
  step.textContent = (number ? endChange : endDraw)(data);
  show(true, SAME);
  for (const button of running) button.hidden = true;
  buttons.replay.hidden = false;
}

function toggle(button, name, on, off) {
  button?.addEventListener("click", () => {
    control[name] = !control[name];
    button.textContent = control[name] ? on : off;
  });
}

function listen(data, number) {
  toggle(buttons.pause, "paused", "继续", "暂停");
  toggle(buttons.fast, "fast", "恢复常速", "加快");
  buttons.skip.addEventListener("click", () => {
    control.skip = true;
  });
  buttons.replay.addEventListener("click", () => {
    control.skip = false;
    control.paused = false;
    play(data, number);
  });
}

/** @param {{files: Record<string, string>, names: Record<string, [string, string]>, lot: number}} payload */
async function project(payload) {
  step.textContent = "正在核对封存的名单、系统随机数和献数…";
  const data = read(payload);
  if (data.reason) {
    step.textContent = "本屏核对不通过";
    show(false, `注意：本屏计算的结果与系统记录不一致（${sentenceOf(data.reason)}），请立即停止并保全现场。`);
    return;
  }
  listen(data, payload.lot);
  control.skip = stage.dataset.play === undefined || matchMedia("(prefers-reduced-motion: reduce)").matches;
  await play(data, payload.lot);
}

async function start() {
  try {
    const response = await fetch(stage.dataset.url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    await project(await response.json());
  } catch (error) {
    step.textContent = "读取抽取数据失败，请刷新本页。结果已经保存，不受影响。";
    throw error;
  }
}

start();
