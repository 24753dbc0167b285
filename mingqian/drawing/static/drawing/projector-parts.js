// Parts of the projector's page.

import { smallestTicket } from "../verifier/protocol/outcome.js";

/** Makes an element with properties and text; text only, never markup. */
export function el(name, properties, text) {
  const node = Object.assign(document.createElement(name), properties);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Groups a long code by blanks. */
export const group = (text, size = 4) => text.replace(new RegExp(`(.{${size}})(?=.)`, "g"), "$1 ");

export const stage = document.getElementById("stage");
export const view = document.getElementById("mqc-view");
export const step = document.getElementById("mqc-step");
export const buttons = Object.fromEntries([...stage.querySelectorAll("[data-act]")].map((button) => [button.dataset.act, button]));
export const control = { paused: false, fast: false, skip: false };

export const frame = () => new Promise((done) => requestAnimationFrame(done));

/** Waits so many milliseconds of shown time; "faster" shortens it, "pause" stretches it, "skip" ends it. */
export async function wait(milliseconds) {
  let left = milliseconds;
  let last = performance.now();
  while (left > 0 && !control.skip) {
    await frame();
    const now = performance.now();
    if (!control.paused) left -= (now - last) * (control.fast ? 4 : 1);
    last = now;
  }
}

/** A table of rows; a cell is a text or a node. */
export function table(titles) {
  const node = el("table", { className: "mqc-result" });
  const head = el("tr", {});
  head.append(...titles.map((title) => el("th", {}, title)));
  const top = el("thead", {});
  top.append(head);
  const body = el("tbody", {});
  node.append(top, body);
  const add = (cells) => {
    const line = el("tr", {});
    for (const cell of cells) {
      const box = el("td", {});
      box.append(cell);
      line.append(box);
    }
    body.append(line);
    return line;
  };
  return { node, add };
}

export function scrolled(node) {
  const scroll = el("div", { className: "mqc-scroll", tabIndex: 0 });
  scroll.append(node);
  return scroll;
}

export const code = (text) => el("code", {}, text);

/** The members of a team, the first one leading. */
export function teamOf(data, team) {
  const box = document.createDocumentFragment();
  team.forEach((id, seat) => box.append(el("span", { className: seat ? "" : "lead" }, (seat ? "、" : "") + data.nameOf(id))));
  return box;
}

const HOW = { committed: "先承诺", spoken: "当众报数" };

/** The seed, and everything that it is made of. */
export function showSeed(data, lot) {
  step.textContent = "种子：封存指纹、系统随机数和各位献数合在一起，算出一个谁也不能事先知道的数";
  const list = el("dl", { className: "mqc-seed" });
  const add = (title, text, className = "") => list.append(el("dt", {}, title), el("dd", { className }, text));
  add("封存指纹（封存时公开）", group(lot.seal.digest, 8));
  add("系统随机数（封存时只公开指纹，现在公开）", group(lot.secret, 8));
  lot.known.forEach((one, index) => {
    const how = "nonce" in one ? "committed" : "spoken";
    add(`献数 ${index + 1}：${lot.seal.witnesses[index]}（${HOW[how]}）`, group(one.digits));
  });
  if (lot.beacon) add("公开随机源", lot.beacon);
  add("种子", group(lot.seed, 8), "seed");
  view.replaceChildren(list, el("p", { className: "mqc-more" }, `${data.guard}。`));
  return wait(6000);
}

/** A subject with its smallest ticket. */
export const ticketed = (hash, row) => ({ ...row, ...smallestTicket(hash, "", row.id, row.lots) });
