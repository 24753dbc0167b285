/**
 * What a witness's own device does (docs/draw-protocol.md, steps 3 to 5): it makes a commit, keeps digits and nonce, and hands them over
 * only for a close that has its own commit in its place and is proved to be on the log. It opens for no other close.
 */

import { commitOf } from '../protocol/contributions.js';
import { isContribution, isHash, isTime, secondsOf } from '../protocol/grammar.js';
import { canonical, digest, isObject, parse } from '../protocol/json.js';
import { LOG, readCheckpoint, readKey } from '../protocol/notes.js';
import { Refused } from '../protocol/refusal.js';
import { checkInclusion, leafHash } from '../protocol/merkle.js';
import { toHex, utf8 } from '../protocol/sha256.js';

const MISSING = '您的承诺不在献数截止记录里。不要公布您的数字，请当场向在场的人提出，并保留本页';

/** The close is not one to open for; the message says why, in Chinese. */
class Wrong extends Error {}

function need(holds, text) {
  if (!holds) throw new Wrong(text);
}

/** Where a browser keeps nothing, a reload would lose the nonce and the lot with it: then nothing is begun. */
export function storageWorks() {
  try {
    localStorage.setItem('mq2-witness', '');
    localStorage.removeItem('mq2-witness');
    return true;
  } catch {
    return false;
  }
}

export class Session {
  /** @param {{seal: string, position: number, logKey: string}} invited digest of the seal, position from 1, the log's key */
  constructor({ seal, position, logKey }) {
    Object.assign(this, { seal, position, logKey });
    this.name = `mq2-witness/${seal}/${position}`;
  }

  /** What this device keeps of this lot: digits, nonce, commit; once proved, `close`, `checkpoint` and `proof`. Null before the commit. */
  get kept() {
    return JSON.parse(localStorage.getItem(this.name) ?? 'null');
  }

  keep(more) {
    localStorage.setItem(this.name, JSON.stringify({ ...this.kept, ...more }));
  }

  /** Makes the commit, once: whoever comes second (another tab) gets the one that is there. */
  commit(digits) {
    if (!isContribution(digits)) throw new RangeError('digits');
    if (!this.kept) {
      const nonce = toHex(crypto.getRandomValues(new Uint8Array(32)));
      this.keep({ digits, nonce, commit: commitOf(this.seal, this.position, digits, nonce) });
    }
    return this.kept.commit;
  }

  /**
   * Looks at a close; returns '' where digits and nonce may be handed over, else why not. The first one that is proved to be on the log is
   * kept, also where the own commit is not in it: it convicts whoever shows another one later.
   * @param {{close: string, entry: object, index: number, checkpoint: string, inclusion: string[]}} told
   */
  takeClose(told) {
    try {
      const row = this.readClose(told.close);
      this.checkLogged(told, row);
      const { close, commit } = this.kept;
      need(!close || close === told.close, '出现了另一份献数截止文件，与本机先前核对过的不同。不要公布您的数字，请当场提出，并保留本页');
      if (!close) {
        const { entry, index, checkpoint, inclusion } = told;
        this.keep({ close: told.close, checkpoint, proof: { entry, index, inclusion } });
      }
      need(row.contributions[this.position - 1]?.commit === commit, MISSING);
      return '';
    } catch (error) {
      if (error instanceof Wrong) return error.message;
      if (error instanceof Refused) return '献数截止文件或留痕证明的写法不规范，不能据此公布。请经办人重新出示';
      throw error;
    }
  }

  readClose(text) {
    const row = parse(utf8(text), 'close.json');
    need(isObject(row) && row.protocol === 'MQ2' && row.seal === this.seal, '这份献数截止文件不属于这次封存。不要公布您的数字');
    need(Array.isArray(row.contributions) && row.contributions.every(isObject) && isTime(row.closed_at), '献数截止文件的内容不完整，不能据此公布');
    const commits = row.contributions.map(({ commit }) => commit).filter((one) => one !== undefined);
    need(new Set(commits).size === commits.length, '献数截止文件里有两位监督人的承诺相同，不能据此公布，请当场提出');
    return row;
  }

  checkLogged({ close, entry, index, checkpoint, inclusion }, row) {
    need(isObject(entry) && entry.verb === 'draw.close' && entry.digest === digest(close), '留痕里的条目不是这份献数截止文件，不能据此公布');
    const late = secondsOf(entry.time) - secondsOf(row.closed_at);
    need(late >= 0 && late <= 60, '献数截止没有按时记入留痕，不能据此公布');
    const point = readCheckpoint(checkpoint, readKey(this.logKey, LOG));
    const sound = Number.isSafeInteger(index) && index >= 0 && Array.isArray(inclusion) && inclusion.length <= 64 && inclusion.every(isHash);
    need(sound && checkInclusion(leafHash(canonical(entry)), index, point.size, inclusion, point.root), '不能证明献数截止已经记入留痕，不能据此公布');
  }

  /** Digits and nonce, for the close that is kept; null where there is none to open for. */
  opening() {
    const { digits, nonce, close, commit } = this.kept ?? {};
    if (!close || parse(utf8(close), 'close.json').contributions[this.position - 1]?.commit !== commit) return null;
    return { digits, nonce };
  }
}
