/** Why a bundle is refused: one short phrase, the same in every edition of a verifier. */

export class Refused extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Refuses with `reason` unless the rule holds.
 * @param {unknown} holds
 * @param {string} reason
 */
export function check(holds, reason) {
  if (!holds) throw new Refused(reason);
}
