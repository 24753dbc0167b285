// The lot of a supplement on the projector: who could come follows from the sealed files and the supplements before it; every ticket
// is computed by this browser, and the whole bundle up to here is checked by the public verifier's own code.

import { bestTicket, performDraw } from "../verifier/protocol/draw.js";
import { seededHash, utf8 } from "../verifier/protocol/sha256.js";
import { appoint, carryOut, chooseCandidate, findCandidates, learn, startStanding } from "../verifier/protocol/supplement.js";
import { verifyBundle } from "../verifier/protocol/verify.js";
import { read, tablesOf } from "./ceremony-data.js";
import { el, group } from "./ceremony-views.js";

const stage = document.getElementById("stage");
const view = document.getElementById("mqc-view");
const step = document.getElementById("mqc-step");
const verdict = document.getElementById("mqc-verdict");
const buttons = Object.fromEntries([...stage.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
const BOARD = 24;
let skip = false;

/** Waits so many milliseconds, less once somebody wants the outcome. */
async function wait(milliseconds) {
  const until = performance.now() + milliseconds;
  while (!skip && performance.now() < until) await new Promise((done) => requestAnimationFrame(done));
}

/** The supplement's files as objects; `result.json` of a supplement that came to nothing is missing. */
function part(files, number) {
  const get = (name) => (files[`supplement-${number}/${name}`] ? JSON.parse(files[`supplement-${number}/${name}`]) : null);
  return { seal: get("seal.json"), reveal: get("reveal.json"), result: get("result.json") };
}

/** Those who could come, as they stood when this supplement was sealed. */
async function candidatesOf(data, number) {
  const { tables, conflicts } = tablesOf(data);
  const quiet = { label: "", pause: async () => {}, check: (fine) => Boolean(fine) };
  const drawn = await performDraw(quiet, data.seal, tables, conflicts, data.seed);
  const standing = startStanding(drawn.assignments, conflicts, data.seal.rules, tables);
  for (let earlier = 1; earlier < number; earlier += 1) {
    const { seal, result } = part(data.files, earlier);
    learn(standing, seal);
    if (seal.kind === "appointment") appoint(standing, seal);
    else if (result) carryOut(standing, seal, { subject: result.subject, inspector: result.inspector });
  }
  const { seal } = part(data.files, number);
  learn(standing, seal);
  return findCandidates(quiet, "", standing, seal, tables) ?? [];
}

const nameOf = (data, id) => data.names[id] || id;

function word(data, seal, candidate) {
  if (seal.kind === "subject") return nameOf(data, candidate.subject);
  if (seal.kind === "exchange") return `${nameOf(data, candidate.inspector)}（${nameOf(data, candidate.subject)}）`;
  return nameOf(data, candidate.inspector);
}

function showSeed(seal, reveal, seed) {
  step.textContent = "种子：封存指纹、系统随机数和各位献数合在一起，算出一个谁也不能事先知道的数";
  const list = el("dl", { className: "mqc-seed" });
  const add = (title, text, className = "") => list.append(el("dt", {}, title), el("dd", { className }, text));
  add("系统随机数（封存时只公开指纹，现在公开）", group(reveal.secret, 8));
  reveal.contributions.forEach((digits, index) => add(`献数 ${index + 1}：${seal.witnesses[index]}`, group(digits)));
  add("种子", group(seed, 8), "seed");
  view.replaceChildren(list);
  return wait(5000);
}

async function race(data, seal, rows) {
  step.textContent = `${rows.length.toLocaleString()} 个候选，签号最小的一个替上`;
  const list = el("ol", { className: "mqc-board" });
  const more = el("p", { className: "mqc-more" }, rows.length > BOARD ? `榜上为签号最小的 ${BOARD} 个，共 ${rows.length.toLocaleString()} 个候选` : "");
  view.replaceChildren(list, more);
  const shown = rows.slice(0, BOARD);
  list.style.gridTemplateRows = `repeat(${Math.ceil(shown.length / (shown.length > 12 ? 2 : 1))}, auto)`;
  for (const [index, row] of shown.entries()) {
    const item = el("li", { className: index ? "" : "new" });
    item.append(el("span", { className: "rank" }, String(index + 1)), el("span", { className: "who" }, word(data, seal, row)));
    item.append(el("code", {}, group(row.ticket.slice(0, 16))));
    list.append(item);
    await wait(250);
  }
  await wait(1500);
}

function outcomeWord(data, seal, chosen) {
  const came = word(data, seal, chosen);
  if (seal.kind === "subject") return `${came} 替补 ${nameOf(data, seal.subject)}`;
  const gone = nameOf(data, seal.inspector);
  return seal.kind === "exchange" ? `${gone} 与 ${came} 互换检查对象` : `${came} 接替 ${gone}`;
}

async function play(data, number) {
  const { seal, reveal, result } = part(data.files, number);
  const candidates = await candidatesOf(data, number);
  const hash = seededHash(result.seed);
  const rows = candidates
    .map((one) => ({ ...one, ticket: one.row ? bestTicket(hash, one.row).ticket : hash(one.suffix) }))
    .sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
  buttons.replay.hidden = true;
  buttons.skip.hidden = skip;
  if (!skip) await showSeed(seal, reveal, result.seed);
  await race(data, seal, rows);
  const chosen = chooseCandidate(candidates, result.seed);
  const same = data.checked && chosen.subject === result.subject && chosen.inspector === result.inspector && candidates.length === result.candidates;
  verdict.textContent = same ? "本屏已核对封存指纹、系统随机数和献数，重新计算的结果与系统记录完全一致。" : "注意：本屏计算的结果与系统记录不一致，请立即停止并保全现场。";
  verdict.classList.toggle("bad", !same);
  stage.dataset.verdict = same ? "same" : "different";
  step.textContent = outcomeWord(data, seal, chosen);
  buttons.skip.hidden = true;
  buttons.replay.hidden = false;
}

async function start() {
  try {
    const response = await fetch(stage.dataset.url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const payload = await response.json();
    if ("lot" in payload) return await (await import("./projector.js")).project(payload);
    const data = await read(payload);
    step.textContent = "正在核对封存的名单、系统随机数和献数…";
    const report = await verifyBundle(new Map(Object.entries(data.files).map(([name, text]) => [name, utf8(text)])), {});
    data.checked = report.verdict === "verified";
    buttons.skip.addEventListener("click", () => {
      skip = true;
    });
    buttons.replay.addEventListener("click", () => {
      skip = false;
      play(data, payload.number);
    });
    skip = stage.dataset.play === undefined || matchMedia("(prefers-reduced-motion: reduce)").matches;
    await play(data, payload.number);
  } catch (error) {
    step.textContent = "读取变更数据失败，请刷新本页。结果已经保存，不受影响。";
    throw error;
  }
}

start();
