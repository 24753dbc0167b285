/** One bundle being checked: on the page itself or in a worker, the same calls. */

import { explainSubject } from '../protocol/explain.js';
import { Refused } from '../protocol/refusal.js';
import { examine, refusal } from '../protocol/verify.js';
import { fromPicked, fromZip, NoBundle } from './load.js';
import { reportOf } from './report.js';

/**
 * @typedef {{zip: Uint8Array} | {picked: {path: string, bytes: Uint8Array}[]}} Source
 * @typedef {{none: string} | {report: object}} Found `none`: why there is nothing to check
 */

export class Checker {
  constructor() {
    this.files = null;
    this.bundle = null;
  }

  /** @param {Source} source @returns {Promise<Found>} */
  async check(source, options) {
    this.bundle = null;
    try {
      this.files = source.zip ? fromZip(source.zip) : fromPicked(source.picked);
    } catch (error) {
      if (error instanceof NoBundle) return { none: error.message };
      if (error instanceof Refused) return { report: reportOf({ says: refusal(error.reason), bundle: null }) };
      throw error;
    }
    return this.again(options);
  }

  /** The same files with other keys. */
  async again(options) {
    const examined = examine(this.files, options);
    this.bundle = examined.bundle;
    return { report: reportOf(examined) };
  }

  /** @param {string} id credit code or registration number */
  async explain(id) {
    return explainSubject(this.bundle, id);
  }
}
