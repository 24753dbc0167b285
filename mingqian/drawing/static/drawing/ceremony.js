// The opening on the projector. Nothing here is theatre: every ticket is computed by this browser from the seed and the sealed
// rows, in the order of the list, and enters the board at its true place; at the end the whole outcome, teams included,
// is recomputed by the public verifier's own code and compared with what the system recorded.

import { canonicalize } from "../verifier/protocol/canonical.js";
import { bestTicket, performDraw } from "../verifier/protocol/draw.js";
import { seededHash, utf8 } from "../verifier/protocol/sha256.js";
import { verifyBundle } from "../verifier/protocol/verify.js";
import { read, tablesOf } from "./ceremony-data.js";
import { el, group, resultView } from "./ceremony-views.js";

const stage = document.getElementById("stage");
const view = document.getElementById("mqc-view");
const step = document.getElementById("mqc-step");
const verdict = document.getElementById("mqc-verdict");
const buttons = Object.fromEntries([...stage.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
const control = { paused: false, fast: false, skip: false };

/** Seconds that one stratum takes at the normal pace, by its size. */
const pace = (rows) => Math.min(10, Math.max(4, rows / 60));
const FEED = 8;
const BOARD = 24;

const frame = () => new Promise((done) => requestAnimationFrame(done));

/** Waits so many milliseconds of shown time; "faster" shortens it, "pause" stretches it, "skip" ends it. */
async function wait(milliseconds) {
  let left = milliseconds;
  let last = performance.now();
  while (left > 0 && !control.skip) {
    await frame();
    const now = performance.now();
    if (!control.paused) left -= (now - last) * (control.fast ? 4 : 1);
    last = now;
  }
}

/** Position at which a ticket belongs in a list sorted ascending. */
function place(board, ticket) {
  let low = 0;
  let high = board.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (board[middle].ticket < ticket) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a row on the board if it is among the smallest so far; rows beyond the quota of `in` rows fall off. */
export function enter(board, entry, quota) {
  const inside = board.filter((row) => row.status === "in").length;
  if (inside >= quota && board.length && entry.ticket > board[board.length - 1].ticket) return false;
  board.splice(place(board, entry.ticket), 0, entry);
  let count = 0;
  const end = board.findIndex((row) => {
    if (row.status === "in") count += 1;
    return count === quota;
  });
  if (end >= 0) board.length = end + 1;
  return board.includes(entry);
}

function drawBoard(list, board, fresh, quota) {
  const shown = board.slice(0, BOARD);
  const columns = shown.length > 12 ? 2 : 1;
  list.style.gridTemplateRows = `repeat(${Math.ceil(Math.max(shown.length, 1) / columns)}, auto)`;
  let rank = 0;
  list.replaceChildren(...shown.map((row) => {
    if (row.status === "in") rank += 1;
    const item = el("li", { className: `${fresh.has(row) ? "new" : ""} ${row.status === "in" ? "" : "passed"}` });
    item.append(el("span", { className: "rank" }, row.status === "in" ? String(rank) : "免"), el("span", { className: "who" }, row.name || row.id));
    item.append(el("code", {}, row.ticket.slice(0, columns > 1 ? 6 : 16)));
    return item;
  }));
  return quota > BOARD ? `榜上前 ${BOARD} 家，共 ${board.length} 家` : "";
}

async function race(stratum, hash, index, total) {
  const { rows, quota, label } = stratum;
  step.textContent = `第 ${index + 1} / ${total} 层：${label}，${rows.length.toLocaleString()} 家参加，签号最小的 ${quota.toLocaleString()} 家入选`;
  const counter = el("div", { className: "mqc-counter" });
  const feed = el("ul", { className: "mqc-feed" });
  const list = el("ol", { className: "mqc-board" });
  const more = el("p", { className: "mqc-more" });
  const left = el("section", {});
  left.append(el("h2", {}, "按名单次序逐家计算签号"), counter, feed);
  const right = el("section", {});
  right.append(el("h2", {}, "签号从小到大"), list, more);
  const both = el("div", { className: "mqc-race" });
  both.append(left, right);
  view.replaceChildren(both);

  const board = [];
  let at = 0;
  const started = performance.now();
  let shownTime = 0;
  let last = started;
  while (at < rows.length && !control.skip) {
    await frame();
    const now = performance.now();
    if (!control.paused) shownTime += (now - last) * (control.fast ? 4 : 1);
    last = now;
    const until = Math.min(rows.length, Math.ceil((rows.length * shownTime) / (pace(rows.length) * 1000)));
    const fresh = new Set();
    const lately = [];
    for (; at < until; at += 1) {
      const row = rows[at];
      const entry = { ...row, ...bestTicket(hash, row) };
      if (enter(board, entry, quota)) fresh.add(entry);
      lately.push(entry);
    }
    if (!lately.length) continue;
    counter.replaceChildren(`${at.toLocaleString()} `, el("small", {}, `/ ${rows.length.toLocaleString()} 家`));
    for (const entry of lately.slice(-FEED)) {
      const item = el("li", {});
      item.append(el("span", {}, entry.name || entry.id), el("code", {}, entry.ticket.slice(0, 8)));
      feed.prepend(item);
    }
    while (feed.children.length > FEED) feed.lastChild.remove();
    more.textContent = drawBoard(list, board, fresh, quota);
  }
  if (!control.skip) {
    drawBoard(list, board, new Set(), quota);
    step.textContent = `${label}：${quota.toLocaleString()} 家已定，入选线 ${group(board[board.length - 1].ticket.slice(0, 16))}`;
    await wait(2500);
  }
}

function showSeed(data) {
  step.textContent = "种子：封存指纹、系统随机数和各位献数合在一起，算出一个谁也不能事先知道的数";
  const list = el("dl", { className: "mqc-seed" });
  const add = (title, text, className = "") => list.append(el("dt", {}, title), el("dd", { className }, text));
  add("封存指纹（封存时公开）", group(data.seal_digest, 8));
  add("系统随机数（封存时只公开指纹，现在公开）", group(data.reveal.secret, 8));
  data.reveal.contributions.forEach((digits, index) => add(`献数 ${index + 1}：${data.seal.witnesses[index]}`, group(digits)));
  if (data.reveal.beacon) add("公开随机源", data.reveal.beacon);
  add("种子", group(data.seed, 8), "seed");
  view.replaceChildren(list);
  return wait(6000);
}

async function deal(drawn, data) {
  if (control.skip || !drawn.assignments.some((row) => row.team.length)) return;
  const pairs = drawn.assignments;
  const table = el("table", { className: "mqc-result" });
  const head = el("thead", {});
  const headRow = el("tr", {});
  for (const title of ["次序", "抽查对象", "检查组（第一位为组长）"]) headRow.append(el("th", {}, title));
  head.append(headRow);
  const body = el("tbody", {});
  table.append(head, body);
  const scroll = el("div", { className: "mqc-scroll" });
  scroll.append(table);
  view.replaceChildren(scroll);
  const each = Math.min(900, 16000 / pairs.length);
  for (const [index, row] of pairs.entries()) {
    if (control.skip) return;
    step.textContent = `派人：按签号从小到大，从洗好的人员牌中依次发出（${index + 1} / ${pairs.length}）`;
    const line = el("tr", {});
    const team = el("td", {});
    row.team.forEach((member, seat) => team.append(el("span", { className: seat ? "" : "lead" }, (seat ? "、" : "") + (data.names[member] ?? member))));
    line.append(el("td", {}, String(index + 1)), el("td", {}, data.names[row.subject] || row.subject), team);
    body.append(line);
    line.scrollIntoView({ block: "nearest" });
    await wait(each);
  }
  await wait(2000);
}

function strataOf(data, tables) {
  const byName = new Map(data.seal.rules.quotas.map((quota) => [quota.stratum, { ...quota, quota: quota.count, rows: [] }]));
  for (const row of tables.subjects.items) {
    if (row.kind !== "out") byName.get(row.stratum)?.rows.push({ ...row, name: data.names[row.id] });
  }
  for (const stratum of byName.values()) stratum.label = stratum.stratum === "-" ? "全部" : stratum.stratum;
  return [...byName.values()];
}

function finish(data, drawn) {
  const computed = canonicalize({ strata: drawn.strata, assignments: drawn.assignments }) === canonicalize(data.result);
  const same = computed && data.checked;
  verdict.textContent = same ? "本屏已核对封存指纹、系统随机数、名单和种子，重新计算的结果与系统记录完全一致。" : "注意：本屏计算的结果与系统记录不一致，请立即停止并保全现场。";
  verdict.classList.toggle("bad", !same);
  stage.dataset.verdict = same ? "same" : "different";
  step.textContent = `抽取结果：共 ${drawn.order.length.toLocaleString()} 家`;
  resultView(view, data, drawn);
  for (const [name, button] of Object.entries(buttons)) button.hidden = name !== "replay";
}

async function play(data) {
  const hash = seededHash(data.seed);
  const { tables, conflicts } = tablesOf(data);
  const quiet = { label: "", pause: async () => {} };
  const drawn = await performDraw(quiet, data.seal, tables, conflicts, data.seed);
  if (!control.skip) {
    buttons.replay.hidden = true;
    for (const name of ["pause", "fast", "skip"]) buttons[name].hidden = false;
    await showSeed(data);
    const strata = strataOf(data, tables);
    for (const [index, stratum] of strata.entries()) if (!control.skip) await race(stratum, hash, index, strata.length);
    await deal(drawn, data);
  }
  finish(data, drawn);
}

function listen(data) {
  buttons.pause.addEventListener("click", () => {
    control.paused = !control.paused;
    buttons.pause.textContent = control.paused ? "继续" : "暂停";
  });
  buttons.fast.addEventListener("click", () => {
    control.fast = !control.fast;
    buttons.fast.textContent = control.fast ? "恢复常速" : "加快";
  });
  buttons.skip.addEventListener("click", () => {
    control.skip = true;
  });
  buttons.replay.addEventListener("click", () => {
    control.skip = false;
    control.paused = false;
    play(data);
  });
}

async function start() {
  try {
    const response = await fetch(stage.dataset.url, { credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const payload = await response.json();
    if ("lot" in payload) return await (await import("./projector.js")).project(payload);
    const data = await read(payload);
    step.textContent = "正在核对封存的名单、系统随机数和献数…";
    // The whole check that the public page offers: roots, commitment, contributions, seed, selection, teams.
    const report = await verifyBundle(new Map(Object.entries(data.files).map(([name, text]) => [name, utf8(text)])), {});
    data.checked = report.verdict === "verified";
    listen(data);
    control.skip = stage.dataset.play === undefined || matchMedia("(prefers-reduced-motion: reduce)").matches;
    await play(data);
  } catch (error) {
    step.textContent = "读取抽取数据失败，请刷新本页。抽取结果已经保存，不受影响。";
    throw error;
  }
}

start();
