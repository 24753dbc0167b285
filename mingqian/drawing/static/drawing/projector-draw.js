// The opening of a draw on the projector: every ticket is computed by this browser from the seed and the sealed rows, in the order of the
// list, and enters the board at its true place.

import { seededHash } from "../verifier/protocol/sha256.js";
import { code, control, el, frame, group, scrolled, showSeed, step, table, teamOf, ticketed, view, wait } from "./projector-parts.js";

/** Seconds that one stratum takes at the normal pace, by its size. */
const pace = (rows) => Math.min(10, Math.max(4, rows / 60));
const FEED = 8;
const BOARD = 24;

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
function enter(board, entry, quota) {
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
    item.append(el("span", { className: "rank" }, row.status === "in" ? String(rank) : "免"), el("span", { className: "who" }, row.name));
    item.append(code(row.ticket.slice(0, columns > 1 ? 6 : 16)));
    return item;
  }));
  return quota > BOARD ? `榜上前 ${BOARD} 家，共 ${board.length} 家` : "";
}

function raceView() {
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
  return { counter, feed, list, more };
}

function tell({ counter, feed }, lately, at, total) {
  counter.replaceChildren(`${at.toLocaleString()} `, el("small", {}, `/ ${total.toLocaleString()} 家`));
  for (const entry of lately.slice(-FEED)) {
    const item = el("li", {});
    item.append(el("span", {}, entry.name), code(entry.ticket.slice(0, 8)));
    feed.prepend(item);
  }
  while (feed.children.length > FEED) feed.lastChild.remove();
}

async function race(stratum, hash, index, total) {
  const { rows, quota, label } = stratum;
  step.textContent = `第 ${index + 1} / ${total} 层：${label}，${rows.length.toLocaleString()} 家参加，签号最小的 ${quota.toLocaleString()} 家入选`;
  const parts = raceView();
  const board = [];
  let [at, shownTime, last] = [0, 0, performance.now()];
  while (at < rows.length && !control.skip) {
    await frame();
    const now = performance.now();
    if (!control.paused) shownTime += (now - last) * (control.fast ? 4 : 1);
    last = now;
    const until = Math.min(rows.length, Math.ceil((rows.length * shownTime) / (pace(rows.length) * 1000)));
    const fresh = new Set();
    const lately = [];
    for (; at < until; at += 1) {
      const entry = ticketed(hash, rows[at]);
      if (enter(board, entry, quota)) fresh.add(entry);
      lately.push(entry);
    }
    if (!lately.length) continue;
    tell(parts, lately, at, rows.length);
    parts.more.textContent = drawBoard(parts.list, board, fresh, quota);
  }
  if (control.skip) return;
  drawBoard(parts.list, board, new Set(), quota);
  step.textContent = `${label}：${quota.toLocaleString()} 家已定，入选线 ${group(board[board.length - 1].ticket.slice(0, 16))}`;
  await wait(2500);
}

async function deal(data) {
  const { assignments } = data.bundle;
  if (control.skip || !assignments.some((row) => row.team.length)) return;
  const { node, add } = table(["次序", "抽查对象", "检查组（第一位为组长）"]);
  view.replaceChildren(scrolled(node));
  const each = Math.min(900, 16000 / assignments.length);
  for (const [index, row] of assignments.entries()) {
    if (control.skip) return;
    step.textContent = `派人：按签号从小到大，从洗好的人员牌中依次发出（${index + 1} / ${assignments.length}）`;
    add([String(index + 1), data.nameOf(row.subject), teamOf(data, row.team)]).scrollIntoView({ block: "nearest" });
    await wait(each);
  }
  await wait(2000);
}

const labelOf = (stratum) => (stratum === "-" ? "全部" : stratum);

function strataOf({ bundle, nameOf }) {
  const { subjects } = bundle.state.tables;
  return bundle.strata.map(({ stratum, quota }) => {
    const rows = subjects.partaking(stratum).map((row) => ({ id: subjects.id(row), ...subjects.at(row) }));
    return { quota, label: labelOf(stratum), rows: rows.map((row) => ({ ...row, name: nameOf(row.id) })) };
  });
}

function resultTable(data, stratum, assigned) {
  const { batches } = data.bundle.seal.rules;
  const { node, add } = table(["次序", "抽查对象", "登记号", "签号", ...(batches > 1 ? ["批次"] : []), "检查组（第一位为组长）"]);
  stratum.selected.forEach((one, index) => {
    const { batch, team } = assigned.get(one.subject);
    add([String(index + 1), data.nameOf(one.subject), code(one.subject), code(group(one.ticket.slice(0, 16))), ...(batches > 1 ? [String(batch)] : []),
      teamOf(data, team)]);
  });
  return node;
}

/** Shows the outcome, one stratum at a time; arrow keys turn the pages. */
function resultView(data) {
  const { strata, assignments } = data.bundle;
  const assigned = new Map(assignments.map((row) => [row.subject, row]));
  const tabs = el("div", { className: "mqc-tabs", role: "tablist" });
  const scroll = el("div", { className: "mqc-scroll", tabIndex: 0 });
  const turns = strata.map((stratum, index) => {
    const button = el("button", { type: "button", role: "tab" }, `${labelOf(stratum.stratum)} ${stratum.quota}`);
    button.addEventListener("click", () => show(index));
    return button;
  });
  const show = (index) => {
    turns.forEach((button, at) => {
      button.setAttribute("aria-selected", String(at === index));
      button.tabIndex = at === index ? 0 : -1;
    });
    scroll.replaceChildren(resultTable(data, strata[index], assigned));
    scroll.scrollTop = 0;
  };
  tabs.addEventListener("keydown", (event) => {
    const at = turns.findIndex((button) => button.getAttribute("aria-selected") === "true");
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 }[event.key];
    if (next === undefined || !turns[next]) return;
    show(next);
    turns[next].focus();
  });
  tabs.append(...turns);
  view.replaceChildren(tabs, scroll);
  show(0);
}

/** Plays the draw; what is skipped is not shown. */
export async function playDraw(data) {
  if (control.skip) return;
  await showSeed(data, data.bundle.lot);
  const strata = strataOf(data);
  const hash = seededHash(data.bundle.lot.seed);
  for (const [index, stratum] of strata.entries()) if (!control.skip) await race(stratum, hash, index, strata.length);
  await deal(data);
}

/** The outcome; returns it in a line. */
export function endDraw(data) {
  resultView(data);
  return `抽取结果：共 ${data.bundle.assignments.length.toLocaleString()} 家`;
}
