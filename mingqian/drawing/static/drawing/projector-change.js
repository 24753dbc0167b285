// The lot of a later change on the projector: one change after the other, each with everybody who could come and the ticket.

import { seededHash } from "../verifier/protocol/sha256.js";
import { readBundle } from "../verifier/protocol/chain.js";
import { carryOut, fieldOf } from "../verifier/protocol/changes.js";
import { code, control, el, group, scrolled, showSeed, step, table, view, wait } from "./projector-parts.js";

const BOARD = 24;
const UNITS = { inspector: "人", exchange: "对", subject: "家" };

/** Every change of the lot with its candidates in the order of their tickets, from the files before this lot. */
function fieldsOf(data) {
  const { number, lot, changes } = data.supplement;
  const before = new Map([...data.files].filter(([name]) => !name.startsWith(`supplement-${number}/`)));
  const { state } = readBundle(before);
  const hash = seededHash(lot.seed);
  return changes.map((change, i) => {
    const { rows } = fieldOf(state, lot.seal.kind, hash, i + 1, change);
    rows.sort((one, other) => (one.ticket < other.ticket ? -1 : 1));
    carryOut(state, lot.seal.kind, change, rows[0].to);
    return { change, rows };
  });
}

function comer(data, to) {
  const { kind } = data.supplement.lot.seal;
  if (kind === "subject") return data.nameOf(to[0]);
  return kind === "exchange" ? `${data.nameOf(to[1])}（${data.nameOf(to[0])}）` : data.nameOf(to[1]);
}

function outcomeWord(data, [subject, inspector], to) {
  const { kind } = data.supplement.lot.seal;
  const came = comer(data, to);
  if (kind === "subject") return `${came} 替补 ${data.nameOf(subject)}`;
  const gone = data.nameOf(inspector);
  return kind === "exchange" ? `${gone} 与 ${came} 互换检查对象` : `${came} 接替 ${gone}`;
}

async function race(data, { change, rows }, index, total) {
  const { kind } = data.supplement.lot.seal;
  const which = total > 1 ? `第 ${index + 1} / ${total} 处，${data.nameOf(change[0])}：` : "";
  step.textContent = `${which}${rows.length.toLocaleString()} ${UNITS[kind]}候选，签号最小的替上`;
  const list = el("ol", { className: "mqc-board" });
  const more = el("p", { className: "mqc-more" }, rows.length > BOARD ? `榜上为签号最小的 ${BOARD} 个，共 ${rows.length.toLocaleString()} 个候选` : "");
  view.replaceChildren(list, more);
  const shown = rows.slice(0, BOARD);
  list.style.gridTemplateRows = `repeat(${Math.ceil(shown.length / (shown.length > 12 ? 2 : 1))}, auto)`;
  for (const [rank, row] of shown.entries()) {
    const item = el("li", { className: rank ? "" : "new" });
    item.append(el("span", { className: "rank" }, String(rank + 1)), el("span", { className: "who" }, comer(data, row.to)), code(group(row.ticket.slice(0, 16))));
    list.append(item);
    await wait(250 / Math.min(total, 5));
  }
  step.textContent = `${which}${outcomeWord(data, change, rows[0].to)}`;
  await wait(total > 3 ? 1200 : 2500);
}

/** Plays the changes; what is skipped is not shown. */
export async function playChange(data) {
  if (control.skip) return;
  await showSeed(data, data.supplement.lot);
  const fields = fieldsOf(data);
  for (const [index, field] of fields.entries()) if (!control.skip) await race(data, field, index, fields.length);
}

/** The outcome; returns it in a line. */
export function endChange(data) {
  const { done } = data.supplement;
  const { node, add } = table(["次序", "抽查对象", "原来", "换成", "候选", "签号"]);
  done.forEach(({ told: { subject, inspector, to, candidates, ticket } }, index) => {
    add([String(index + 1), data.nameOf(subject), inspector ? data.nameOf(inspector) : data.nameOf(subject), comer(data, to), String(candidates),
      code(group(ticket.slice(0, 16)))]);
  });
  view.replaceChildren(scrolled(node));
  if (done.length > 1) return `共 ${done.length} 处变更，一次抽定`;
  const [{ told }] = done;
  return outcomeWord(data, [told.subject, told.inspector], told.to);
}
