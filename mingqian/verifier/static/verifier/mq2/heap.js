/** A heap: the smallest first. */

export class Heap {
  /** @param {(one: any, other: any) => boolean} before whether one comes before the other */
  constructor(before, items = []) {
    this.before = before;
    this.items = [];
    for (const item of items) this.push(item);
  }

  get top() {
    return this.items[0];
  }

  push(item) {
    const { items, before } = this;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(item, items[above])) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  pop() {
    const { items, before } = this;
    const [found, last] = [items[0], items.pop()];
    if (!items.length) return found;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && before(items[below + 1], items[below])) below += 1;
      if (!before(items[below], last)) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = last;
    return found;
  }
}
