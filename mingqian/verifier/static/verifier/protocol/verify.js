/** What a verifier says of a bundle: status, warnings, teams, census, ledger, and what a void would have brought. */

import { takeCensus } from './census.js';
import { readBundle } from './chain.js';
import { makeChanges } from './changes.js';
import { isRevealed, opens, seedOf } from './contributions.js';
import { compare, isContribution, isDigits, isHash } from './grammar.js';
import { isObject } from './json.js';
import { readGiven, readLedger } from './ledger.js';
import { drawAll } from './outcome.js';
import { check, Refused } from './refusal.js';

const LATE = 'an opening that was handed in does not open its commit';

function warningsOf(lots) {
  const unguarded = lots.filter(({ guarded }) => guarded === false).map(({ number }) => `unguarded ${number}`);
  const strangers = lots
    .filter((lot) => lot.number && lot.new.length === lot.witnesses.length && lot.beacon_rests !== 'cosigners')
    .map(({ number }) => `new ${number}`);
  return [...unguarded, ...strangers];
}

/** The seed of a void lot with what was handed in since, '' where it does not suffice. */
function lateSeed(lot, given) {
  const { seal } = lot;
  const known = [...lot.known];
  let { beacon } = lot;
  check(isObject(given) && Object.keys(given).every((key) => ['openings', 'beacon'].includes(key)), LATE);
  check(given.openings === undefined || isObject(given.openings), LATE);
  for (const [text, one] of Object.entries(given.openings ?? {})) {
    const place = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
    const shaped = isObject(one) && Object.keys(one).length === 2 && isContribution(one.digits) && isHash(one.nonce);
    check(shaped && place >= 1 && place <= known.length, LATE);
    const closed = lot.closed[place - 1];
    check('commit' in closed && opens(seal.digest, place, closed, one), LATE);
    known[place - 1] = one;
  }
  if (given.beacon !== undefined) {
    const fits = seal.beacon !== null && isDigits(given.beacon, seal.beacon.digits, seal.beacon.digits);
    check(fits && (beacon === null || beacon === given.beacon), LATE);
    beacon = given.beacon;
  }
  return isRevealed(seal, known, beacon) ? seedOf(seal.digest, lot.secret, known, beacon) : '';
}

function wouldOf(bundle, late) {
  const found = {};
  for (const [number, given] of Object.entries(late ?? {})) {
    const lot = bundle.lots.find(({ seal }) => String(seal.number) === number);
    check(lot && lot.state === 'void' && lot.closed !== null, LATE);
    const seed = lateSeed(lot, given);
    if (!seed) continue;
    if (!lot.seal.number) {
      found[number] = drawAll(seed, bundle.seal.rules, bundle.seal.tables);
    } else {
      const made = bundle.supplements.find((one) => one.number === lot.seal.number);
      found[number] = makeChanges(made.before.copy(), lot.seal.kind, seed, made.changes).map(({ told }) => told);
    }
  }
  return found;
}

function told(files, bundle, options) {
  const log = files.has('ledger.json') ? readLedger(files.get('ledger.json'), bundle, options) : null;
  check(log || !(options.kept ?? []).length, 'kept checkpoints, and no ledger.json');
  const census = takeCensus(bundle, log?.proved ?? { close: new Map(), void: new Map() });
  const status = log?.complete ? 'verified-complete' : 'verified-unanchored';
  const appointed = [...bundle.state.appointed].map((key) => key.split('\t'))
    .sort((one, other) => compare(one[0], other[0]) || compare(one[1], other[1]));
  return {
    status: bundle.pending ? 'pending' : status, reason: '', warnings: warningsOf(census.lots), teams: Object.fromEntries(bundle.state.teams), appointed,
    census, ledger: log?.told ?? null, would: wouldOf(bundle, options.late),
  };
}

/** What a verifier says of a bundle that it refuses. */
export const refusal = (reason) => (
  { status: 'refused', reason, warnings: [], teams: {}, appointed: [], census: null, ledger: null, would: {} }
);

/**
 * Checks a bundle; returns what a verifier says, and what was read on the way (`bundle`, null where it is refused).
 * @param {Map<string, Uint8Array>} files
 * @param {{log_key?: string, witnesses?: string[], need?: number, kept?: [string, string[] | null][], late?: object}} [options]
 */
export function examine(files, options = {}) {
  try {
    readGiven(options);
    const bundle = readBundle(files);
    return { says: told(files, bundle, options), bundle };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { says: refusal(error.reason), bundle: null };
  }
}

/** What a verifier says of a bundle. A rule that is broken, in any file, refuses the whole; nothing is repaired. */
export const verify = (files, options = {}) => examine(files, options).says;
