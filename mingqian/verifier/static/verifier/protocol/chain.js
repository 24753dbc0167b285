/** A bundle from the first file to the last: every step checked, in order, and what it leaves behind. */

import { makeChanges } from './changes.js';
import { newLot, Once, readClose, readReveal, readVoid } from './contributions.js';
import { Files, limitOf, LOT_FILES, SUPPLEMENT, TABLES } from './files.js';
import { digest, isCanonical, parse } from './json.js';
import { drawAll, resultHead } from './outcome.js';
import { check } from './refusal.js';
import { readSeal } from './seal.js';
import { State } from './state.js';
import { readHead, readLot, takeAppointment, takeFacts } from './supplements.js';
import { readTables } from './tables.js';

const SETS = ['seal', 'close seal', 'close reveal seal', 'close result reveal seal', 'seal void', 'close seal void'];
const MB = 1 << 20;

/** The files of one step by their own names: those of the draw, or of a supplement. */
class Step {
  constructor(files, prefix) {
    Object.assign(this, { files, prefix, names: [] });
  }

  has(name) {
    return this.names.includes(name);
  }

  get(name) {
    return this.files.get(this.prefix + name);
  }

  get bytes() {
    return this.names.reduce((sum, name) => sum + this.files.sizeOf(this.prefix + name), 0);
  }
}

function arranged(files) {
  const steps = new Map([[0, new Step(files, '')]]);
  for (const name of files.keys()) {
    if (TABLES.includes(name) || name === 'ledger.json') continue;
    const match = SUPPLEMENT.exec(name);
    const own = match ? match[2] : name;
    check(LOT_FILES.includes(own), `no file of a bundle: '${name}'`);
    const number = match ? Number(match[1]) : 0;
    if (!steps.has(number)) steps.set(number, new Step(files, `supplement-${number}/`));
    steps.get(number).names.push(own);
  }
  for (const name of files.keys()) check(files.sizeOf(name) <= limitOf(name), `${name}: too large`);
  return steps;
}

function checkSet(name, files) {
  check(SETS.includes(files.names.map((file) => file.replace('.json', '')).sort().join(' ')), `${name}: files`);
}

function run(lot, files, prefix, once) {
  const name = (file) => `${prefix}${file}`;
  if (files.has('close.json')) readClose(lot, files.get('close.json'), name('close.json'), once);
  if (files.has('void.json')) readVoid(lot, files.get('void.json'), name('void.json'), once);
  else if (files.has('reveal.json')) readReveal(lot, files.get('reveal.json'), name('reveal.json'), once);
}

function logSteps(lot) {
  const { number } = lot.seal;
  const steps = [{ step: 'seal', number, digest: lot.seal.digest, time: lot.seal.sealedAt }];
  if (lot.closed !== null) steps.push({ step: 'close', number, digest: lot.close, time: lot.closedAt });
  if (lot.state === 'opened' || lot.state === 'void') {
    steps.push({ step: lot.state === 'void' ? 'void' : 'result', number, digest: lot.last, time: lot.endedAt });
  }
  return steps;
}

function takeResult(lot, bytes, told, name) {
  check(isCanonical({ ...resultHead(lot), ...told }, bytes), `${name} differs from the recomputed result`);
  lot.state = 'opened';
  lot.last = digest(bytes);
}

const isPending = (lot) => lot.state !== 'opened' && lot.state !== 'void';

/**
 * Reads a bundle, `ledger.json` apart: every rule of the protocol holds, or it is refused.
 * @param {Map<string, Uint8Array>} given
 */
export function readBundle(given) {
  const files = given instanceof Files ? given : new Files(given);
  const steps = arranged(files);
  for (const name of ['seal.json', ...TABLES]) check(files.has(name), `${name} is missing`);
  const numbers = [...steps.keys()].filter((number) => number).sort((one, other) => one - other);
  for (const number of numbers) check(steps.get(number).has('seal.json'), `supplement-${number}/seal.json is missing`);
  check(numbers.every((number, i) => number === i + 1), 'supplements with a gap');
  const bytes = files.get('seal.json');
  const seal = readSeal(parse(bytes, 'seal.json'), bytes, () => readTables(files));
  const own = steps.get(0);
  checkSet('draw', own);
  const once = new Once();
  const lot = newLot(seal.lot);
  run(lot, own, '', once);
  const bundle = { seal, lot, state: new State(seal.rules, seal.tables), supplements: [], steps: [], strata: [], assignments: [] };
  if (lot.state === 'revealed') {
    const told = drawAll(lot.seed, seal.rules, seal.tables);
    Object.assign(bundle, told);
    if (own.has('result.json')) {
      takeResult(lot, own.get('result.json'), told, 'result.json');
      for (const { subject, team } of told.assignments) bundle.state.teams.set(subject, [...team]);
    }
  }
  bundle.steps = logSteps(lot);
  check(!numbers.length || lot.state === 'opened', 'supplements of a draw that was not opened');
  walk(bundle, files, steps, numbers, once);
  bundle.lots = [lot, ...bundle.supplements.map((one) => one.lot).filter(Boolean)];
  bundle.pending = isPending(bundle.lots[bundle.lots.length - 1]);
  return bundle;
}

function walk(bundle, files, steps, numbers, once) {
  let previous = bundle.lot.last;
  let time = bundle.lot.endedAt;
  let pending = false;
  let size = TABLES.reduce((sum, name) => sum + files.sizeOf(name), 0) + steps.get(0).bytes;
  for (const number of numbers) {
    check(!pending, 'a supplement after a pending one');
    const own = steps.get(number);
    check(size + files.sizeOf(`supplement-${number}/seal.json`) <= 256 * MB, `supplement-${number}: too much before it`);
    size += own.bytes;
    const made = takeStep(bundle, own, { drawId: bundle.seal.lot.drawId, number, previous, time }, once);
    bundle.supplements.push(made);
    const told = made.lot ? logSteps(made.lot) : [{ step: 'seal', number, digest: digest(own.get('seal.json')), time: made.row.sealed_at }];
    bundle.steps.push(...told);
    previous = made.lot ? made.lot.last : told[0].digest;
    time = made.lot ? made.lot.endedAt : made.row.sealed_at;
    pending = made.lot !== null && isPending(made.lot);
  }
}

function takeStep(bundle, own, after, once) {
  const { number } = after;
  const name = `supplement-${number}`;
  const bytes = own.get('seal.json');
  const { state } = bundle;
  const row = readHead(parse(bytes, `${name}/seal.json`), after);
  const made = { number, row, lot: null, changes: [], done: [], joins: [], sheet: null, before: null };
  if (row.kind === 'facts' || row.kind === 'appointment') {
    check(own.names.length === 1, `${name}: files`);
    if (row.kind === 'facts') made.joins = takeFacts(row, state, once);
    else made.sheet = takeAppointment(row, state, once);
    return made;
  }
  checkSet(name, own);
  const { seal, changes } = readLot(row, bytes, state);
  made.changes = changes;
  made.lot = newLot(seal);
  if (own.has('void.json')) made.before = state.copy();
  run(made.lot, own, `${name}/`, once);
  if (made.lot.state === 'revealed' && own.has('result.json')) {
    made.done = makeChanges(state, row.kind, made.lot.seed, changes);
    takeResult(made.lot, own.get('result.json'), { changes: made.done.map(({ told }) => told) }, `${name}/result.json`);
  }
  return made;
}
