/** What a check gathers on its way: problems, steps, notices, progress. */

import { canonicalize, FormError } from './canonical.js';
import { fileWord } from './words.js';

const MOST_PROBLEMS = 100;

/**
 * @typedef {{code: string, file: string, row: number | null, text: string}} Problem
 * @typedef {{label: string, text: string, kind: 'text' | 'code' | 'count'}} StepLine
 * @typedef {{title: string, explanation: string, value: StepLine[], ok: boolean | null, word: string}} Step
 *   `ok` is null where there was nothing to check, or it could not be checked; `word` says the state
 */

/** Gathers the course of one check. */
export class Report {
  /** @param {{onStep?: (step: Step) => void, onProgress?: (text: string, done: number, total: number) => void}} options */
  constructor(options) {
    this.onStep = options.onStep || (() => {});
    this.onProgress = options.onProgress || (() => {});
    /** @type {Problem[]} */
    this.problems = [];
    /** @type {Step[]} */
    this.steps = [];
    /** @type {string[]} */
    this.notices = [];
    this.count = 0;
    this.label = '';
    this.resumed = Date.now();
  }

  /**
   * @param {string} code
   * @param {string} file
   * @param {string} text
   * @param {number | null} [row] from 1
   */
  problem(code, file, text, row = null) {
    this.count += 1;
    // A text that starts with the bare name of a file gets the word for that file in front.
    const shown = file && text.startsWith(file) ? fileWord(file) + text.slice(file.length) : text;
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ code, file, row, text: shown });
  }

  /** Notes a problem unless `holds`; returns `holds`. */
  check(holds, code, file, text, row = null) {
    if (!holds) this.problem(code, file, text, row);
    return Boolean(holds);
  }

  /** What `read` returns; a departure from the form becomes a problem, and null. */
  form(code, file, read) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof FormError)) throw error;
      this.problem(code, file, `${file} ${error.message}`);
      return null;
    }
  }

  /** Closes a step: right where no problem came up since `before` (a value of `count`). */
  step(title, explanation, value, before, word = '') {
    const ok = this.count === before;
    this.push({ title, explanation, value, ok, word: ok ? word || '相符' : '不符' });
  }

  /** A step that says something without being a check that can fail. */
  note(title, explanation, value, word) {
    this.push({ title, explanation, value, ok: null, word });
  }

  push(step) {
    this.steps.push(step);
    this.onStep(step);
  }

  /** Tells the progress, and gives the page a breath when 40 ms have gone since the last one. */
  pause(done, total) {
    const now = Date.now();
    if (now - this.resumed < 40) return null;
    this.onProgress(this.label, done, total);
    return new Promise((resolve) => {
      setTimeout(() => {
        this.resumed = Date.now();
        resolve();
      });
    });
  }
}

/** What a file holds where a text belongs, as text: objects without prototype have no String(). */
function plain(value) {
  return typeof value === 'string' ? value : canonicalize(value);
}

/** @returns {StepLine} */
export function textLine(label, text) {
  return { label, text: plain(text), kind: 'text' };
}

/** @returns {StepLine} a digest or the like, shown monospaced */
export function codeLine(label, text) {
  return { label, text: plain(text), kind: 'code' };
}
