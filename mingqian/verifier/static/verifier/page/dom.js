/** Building blocks of the page. Data only ever becomes text nodes, never markup. */

const SVG = 'http://www.w3.org/2000/svg';

/** Outlines on a 24 × 24 grid; the shape tells the state as well as the colour does. */
const SHAPES = {
  ok: ['M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z', 'M7.5 12.3l3 3l6-6.6'],
  bad: ['M8 2.5h8l5.5 5.5v8L16 21.5H8L2.5 16V8z', 'M8.5 8.5l7 7M15.5 8.5l-7 7'],
  wait: ['M12 2a10 10 0 1 0 0 20a10 10 0 0 0 0-20z', 'M12 6.5V12l3.5 2.2'],
  info: ['M4 3.5h16v17H4z', 'M8 9h8M8 13h8M8 17h5'],
  search: ['M10.5 3a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15z', 'M16 16l5 5'],
  folder: ['M3 5.5h6l2 2.5h10v11H3z'],
  copy: ['M8 8h12v13H8z', 'M16 8V3H4v13h4'],
};

/**
 * @param {string} tag
 * @param {Record<string, string | boolean | ((event: any) => void)> | null} attributes functions are listeners, `true` an empty attribute
 * @param {...(Node | string | number | null)} children texts become text nodes
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/**
 * @param {string} name one of SHAPES
 * @returns {SVGElement} decoration: the word stands beside it
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of [['viewBox', '0 0 24 24'], ['class', 'mqv-icon'], ['aria-hidden', 'true'], ['focusable', 'false']]) {
    svg.setAttribute(key, value);
  }
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', shape);
    svg.append(path);
  }
  return svg;
}

/** Copies a text; where the browser keeps the clipboard shut, selects it so that Ctrl+C does. */
async function copy(text, source, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.lastChild.textContent = '已复制';
  } catch {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    button.lastChild.textContent = '已选中';
  }
  setTimeout(() => { button.lastChild.textContent = '复制'; }, 2000);
}

function copyButton(text, source, what) {
  const button = h('button', { type: 'button', class: 'mqv-copy', 'aria-label': `复制${what}` }, icon('copy'), h('span', null, '复制'));
  button.addEventListener('click', () => copy(text, source, button));
  return button;
}

/**
 * A digest or the like, monospaced in groups of eight; the gaps are drawn, so what is copied has none.
 * @param {string} text
 * @param {string} what for the copy button's name
 * @returns {HTMLElement}
 */
export function code(text, what) {
  const groups = /^[0-9a-f]{16,}$/.test(text) ? text.match(/.{1,8}/g) : [text];
  const body = h('code', { class: 'mqv-code' });
  for (const group of groups) body.append(h('span', null, group), document.createElement('wbr'));
  return h('span', { class: 'mqv-coded' }, body, copyButton(text, body, what));
}

/** A digest shortened for lists; whole on hover and for those who copy. */
export function shortCode(text) {
  return text ? h('code', { class: 'mqv-code', title: text }, h('span', null, text.slice(0, 8)), '…') : '';
}

/** A command on a line of its own with a copy button. */
export function command(text, what) {
  const body = h('code', { class: 'mqv-command', tabindex: '0' }, text);
  return h('div', { class: 'mqv-commandline' }, body, copyButton(text, body, what));
}

/**
 * State word with its icon.
 * @param {boolean | null} ok
 * @param {string} word
 */
export function badge(ok, word) {
  const kind = ok === null ? 'info' : (ok && 'ok') || 'bad';
  return h('span', { class: `mqv-badge mqv-${kind}` }, icon(kind), word);
}

let sections = 0;

/** A heading with its section; the heading names it for screen readers. */
export function section(title, ...children) {
  sections += 1;
  const id = `mqv-section-${sections}`;
  return h('section', { class: 'mqv-section', 'aria-labelledby': id }, h('h2', { id, class: 'mqv-h2' }, title), ...children);
}

const PAGE = 100;

/**
 * A table that shows a hundred rows at first, so that long lists do not stall a phone.
 * @param {string} caption
 * @param {string[]} columns
 * @param {any[]} rows
 * @param {(row: any) => (Node | string | number)[]} cells
 * @returns {HTMLElement}
 */
export function table(caption, columns, rows, cells) {
  const body = h('tbody', null);
  const more = h('button', { type: 'button', class: 'mqv-button mqv-more' });
  let shown = 0;
  const grow = (count) => {
    for (const row of rows.slice(shown, shown + count)) {
      body.append(h('tr', null, ...cells(row).map((cell, index) => h('td', { 'data-label': columns[index] }, cell))));
    }
    shown = Math.min(rows.length, shown + count);
    more.hidden = shown === rows.length;
    more.textContent = `再显示 ${Math.min(PAGE * 5, rows.length - shown)} 行（共 ${rows.length} 行）`;
  };
  more.addEventListener('click', () => grow(PAGE * 5));
  grow(PAGE);
  const head = h('thead', null, h('tr', null, ...columns.map((column) => h('th', { scope: 'col' }, column))));
  return h('div', { class: 'mqv-tablebox' }, h('table', { class: 'mqv-table' }, h('caption', null, caption), head, body), more);
}
