// Parts of the projector's page.

/** Makes an element with properties and text; text only, never markup. */
export function el(name, properties, text) {
  const node = Object.assign(document.createElement(name), properties);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Groups a long code by blanks. */
export const group = (text, size = 4) => text.replace(new RegExp(`(.{${size}})(?=.)`, "g"), "$1 ");

function table(data, stratum, teams, batches) {
  const node = el("table", { className: "mqc-result" });
  const head = el("thead", {});
  const titles = ["次序", "抽查对象", "登记号", "签号", ...(batches > 1 ? ["批次"] : []), "检查组（第一位为组长）"];
  const row = el("tr", {});
  row.append(...titles.map((title) => el("th", {}, title)));
  head.append(row);
  const body = el("tbody", {});
  stratum.selected.forEach((one, index) => {
    const line = el("tr", {});
    const assigned = teams.get(one.subject);
    const number = el("td", {});
    number.append(el("code", {}, one.subject));
    const ticket = el("td", {});
    ticket.append(el("code", {}, group(one.ticket.slice(0, 16))));
    const team = el("td", {});
    assigned.team.forEach((member, seat) => team.append(el("span", { className: seat ? "" : "lead" }, (seat ? "、" : "") + (data.names[member] ?? member))));
    line.append(el("td", {}, String(index + 1)), el("td", {}, data.names[one.subject] || one.subject), number, ticket);
    if (batches > 1) line.append(el("td", {}, String(assigned.batch)));
    line.append(team);
    body.append(line);
  });
  node.append(head, body);
  return node;
}

/** Shows the outcome, one stratum at a time; arrow keys turn the pages. */
export function resultView(view, data, drawn) {
  const teams = new Map(drawn.assignments.map((row) => [row.subject, row]));
  const tabs = el("div", { className: "mqc-tabs", role: "tablist" });
  const scroll = el("div", { className: "mqc-scroll", tabIndex: 0 });
  const buttons = drawn.strata.map((stratum, index) => {
    const label = stratum.stratum === "-" ? "全部" : stratum.stratum;
    const button = el("button", { type: "button", role: "tab" }, `${label} ${stratum.quota}`);
    button.addEventListener("click", () => show(index));
    return button;
  });
  const show = (index) => {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-selected", String(at === index));
      button.tabIndex = at === index ? 0 : -1;
    });
    scroll.replaceChildren(table(data, drawn.strata[index], teams, data.seal.rules.batches));
    scroll.scrollTop = 0;
  };
  tabs.addEventListener("keydown", (event) => {
    const at = buttons.findIndex((button) => button.getAttribute("aria-selected") === "true");
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 }[event.key];
    if (next === undefined || !buttons[next]) return;
    show(next);
    buttons[next].focus();
  });
  tabs.append(...buttons);
  view.replaceChildren(tabs, scroll);
  show(0);
}
