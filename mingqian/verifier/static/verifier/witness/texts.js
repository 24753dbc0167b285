/**
 * What passes between the projector, a witness's device without network and the console as QR codes or typed text: one line each.
 *
 *     MQ2-SEAL SEAL POSITION LOGKEY NAME      from the projector: whom the device works for
 *     MQ2-COMMIT SEAL POSITION COMMIT         to the console
 *     MQ2-CLOSE I/N TEXT                      from the projector, in N parts: {"close", "entry", "index", "checkpoint", "inclusion"} as JSON
 *     MQ2-OPEN SEAL POSITION DIGITS NONCE     to the console
 */

const SEAL = /^MQ2-SEAL ([0-9a-f]{64}) ([1-9][0-9]{0,2}) (\S+) (.+)$/;
const PART = /^MQ2-CLOSE ([1-9][0-9]{0,2})\/([1-9][0-9]{0,2}) (.*)$/s;

/** As many characters of a part as a phone's camera still reads from a projector. */
const LENGTH = 600;

export const commitText = ({ seal, position }, commit) => `MQ2-COMMIT ${seal} ${position} ${commit}`;
export const openText = ({ seal, position }, { digits, nonce }) => `MQ2-OPEN ${seal} ${position} ${digits} ${nonce}`;

/** @returns {{seal: string, position: number, logKey: string, name: string} | null} */
export function readSealText(text) {
  const match = SEAL.exec(text.trim());
  return match && { seal: match[1], position: Number(match[2]), logKey: match[3], name: match[4] };
}

/** A close with its proof in parts for QR codes; ASCII without blanks, so that every scanner types the same and none trims. */
export function closeParts(told) {
  const text = JSON.stringify(told).replace(/[ \u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const count = Math.ceil(text.length / LENGTH);
  return Array.from({ length: count }, (_, i) => `MQ2-CLOSE ${i + 1}/${count} ${text.slice(i * LENGTH, (i + 1) * LENGTH)}`);
}

/** Gathers the parts of a close in any order. */
export class CloseParts {
  constructor() {
    this.clear(0);
  }

  clear(count) {
    this.count = count;
    this.parts = new Map();
  }

  /** Takes one part, or several as lines; says whether the text was any. */
  take(text) {
    const lines = text.split(/\r?\n(?=MQ2-)/).map((line) => PART.exec(line.replace(/[\r\n]+$/, ''))).filter(Boolean);
    for (const [, number, count, part] of lines) {
      if (Number(count) !== this.count) this.clear(Number(count));
      this.parts.set(Number(number), part);
    }
    return lines.length > 0;
  }

  /** What was told, once all parts are there; null before, or where they are no JSON. */
  get told() {
    if (!this.count || this.parts.size < this.count) return null;
    try {
      return JSON.parse(Array.from({ length: this.count }, (_, i) => this.parts.get(i + 1)).join(''));
    } catch {
      return null;
    }
  }
}
