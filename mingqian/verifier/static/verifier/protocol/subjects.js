/** The table of subjects: a map from id to row for whoever asks for one, columns for whoever goes through all. */

import { utf8 } from './sha256.js';

const KINDS = ['in', 'exempt', 'out'];

export class Subjects {
  /** @param {import('./rows.js').Rows} rows whose cells are id, stratum, lots, status */
  constructor(rows) {
    const [strata, lots, status] = [1, 2, 3].map((cell) => rows.column(cell));
    Object.assign(this, {
      rows, size: rows.count, strata: strata.values, stratumAt: strata.at, statuses: status.values, statusAt: status.at, lotTexts: lots.values, lotsAt: lots.at,
    });
    this.lots = Uint8Array.from(lots.values, Number);
    this.kinds = Uint8Array.from(status.values, (text) => Math.max(KINDS.indexOf(text.split(':', 1)[0]), 0));
  }

  id(row) {
    return this.rows.text(row, 0);
  }

  lotsOf(row) {
    return this.lots[this.lotsAt[row]];
  }

  isIn(row) {
    return this.kinds[this.statusAt[row]] === 0;
  }

  isOut(row) {
    return this.kinds[this.statusAt[row]] === 2;
  }

  /** `in`, `exempt` or `out`. */
  kindOf(row) {
    return KINDS[this.kinds[this.statusAt[row]]];
  }

  indexOf(id) {
    return this.rows.indexOf(utf8(id));
  }

  has(id) {
    return this.indexOf(id) >= 0;
  }

  at(row) {
    return { stratum: this.strata[this.stratumAt[row]], lots: this.lotsOf(row), status: this.statuses[this.statusAt[row]] };
  }

  get(id) {
    const row = this.indexOf(id);
    return row < 0 ? undefined : this.at(row);
  }

  /** The rows of a stratum that are not `out:`. */
  partaking(stratum) {
    const wanted = this.strata.indexOf(stratum);
    const found = [];
    for (let row = 0; row < this.size; row += 1) if (this.stratumAt[row] === wanted && !this.isOut(row)) found.push(row);
    return found;
  }
}
