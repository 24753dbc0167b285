/** A checked bundle as plain data that a page can show, and that passes from a worker to its page. */

import { commitOf, receiptOf } from '../protocol/contributions.js';
import { batchesOf } from '../protocol/explain.js';

/** What one witness gave: his commit, what he opened, or what he spoke and the receipt that he got. */
function given(lot, i) {
  const { seal, closed, known } = lot;
  const one = known[i] ?? {};
  const spoken = known[i] !== null && 'digits' in one && !('nonce' in one);
  const commit = closed?.[i].commit ?? one.commit ?? ('nonce' in one ? commitOf(seal.digest, i + 1, one.digits, one.nonce) : '');
  return {
    name: seal.witnesses[i], commit, digits: one.digits ?? '', nonce: one.nonce ?? '', receipt: spoken ? receiptOf(seal.digest, i + 1, one.digits) : '',
    withheld: lot.state === 'void' && closed !== null && 'commit' in one,
  };
}

function lotOf(lot) {
  const { seal } = lot;
  return {
    number: seal.number, seal: seal.digest, commitment: seal.commitment, close: lot.close, closedAt: lot.closedAt, secret: lot.secret,
    beacon: seal.beacon, value: lot.beacon, seed: lot.seed, last: lot.last, reason: lot.reason, approver: lot.approver,
    given: seal.witnesses.map((_, i) => given(lot, i)),
  };
}

/**
 * @param {{says: object, bundle: object | null}} examined
 * @returns {object} what a verifier says, and of a bundle that is not refused also `head`, `strata`, `batches`, `details` (by lot), `roots`
 */
export function reportOf({ says, bundle }) {
  if (!bundle) return { ...says, head: null, strata: [], batches: [], details: [], roots: {} };
  const { seal, lot } = bundle;
  const { title, organ } = seal;
  return {
    ...says, strata: lot.state === 'opened' ? bundle.strata : [], batches: [...batchesOf(bundle)], details: bundle.lots.map(lotOf),
    roots: seal.tables.roots,
    head: {
      title, organ, drawId: seal.lot.drawId, scope: seal.scope, attempt: seal.attempt, rules: seal.rules, sealedAt: seal.lot.sealedAt,
      openBy: seal.lot.openBy, state: lot.state, endedAt: lot.endedAt,
    },
  };
}
