/** Signed notes and checkpoints as C2SP writes them: keys, signatures of the log, cosignatures. */

import { sha256, toHex, utf8 } from './sha256.js';
import { verifySignature } from './ed25519.js';
import { check, Refused } from './refusal.js';

export const LOG = 1;
export const COSIGNER = 4;
const KEY = /^([A-Za-z0-9._/-]{1,100})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
const LINE = /^— ([^ +\n]+) ([A-Za-z0-9+/]+=*)$/u;
const SIZE = /^(0|[1-9][0-9]{0,15})$/;
const CONTROLS = /[\u0000-\u0009\u000b-\u001f]/;

/** The bytes of standard, padded, canonical base64. */
export function fromBase64(text) {
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Refused('base64');
  }
  check(btoa(raw) === text, 'base64');
  return Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
}

/** A key NAME+ID+BASE64 of the wanted type; refused where it is none. */
export function readKey(text, kind) {
  const match = typeof text === 'string' ? KEY.exec(text) : null;
  check(match, 'key');
  const [, name, told, body] = match;
  let bytes;
  try {
    bytes = fromBase64(body);
  } catch {
    throw new Refused('key');
  }
  const id = toHex(sha256(Uint8Array.of(...utf8(`${name}\n`), ...bytes)).subarray(0, 4));
  check(bytes.length === 33 && bytes[0] === kind && id === told, 'key');
  return { text, name, id, open: bytes.subarray(1), public: toHex(bytes.subarray(1)) };
}

/** A signed note: its text with the last line feed, and the signatures by name and key id; none is checked yet. */
export function readNote(text) {
  check(typeof text === 'string' && Array.from(text).length <= 100000 && !CONTROLS.test(text) && text.endsWith('\n'), 'note');
  const gap = text.lastIndexOf('\n\n');
  check(gap >= 0, 'note');
  const lines = text.slice(gap + 2).split('\n').slice(0, -1);
  check(lines.length >= 1 && lines.length <= 16, 'note: signatures');
  const signatures = new Map();
  for (const line of lines) {
    const match = LINE.exec(line);
    check(match, 'note: signature line');
    const bytes = fromBase64(match[2]);
    check(bytes.length > 4, 'note: signature line');
    const name = `${match[1]} ${toHex(bytes.subarray(0, 4))}`;
    check(!signatures.has(name), 'note: two signatures of one key');
    signatures.set(name, bytes.subarray(4));
  }
  return { body: text.slice(0, gap + 1), signatures };
}

export function checkSigned(note, key) {
  const signature = note.signatures.get(`${key.name} ${key.id}`);
  check(signature, 'note: not signed by the log');
  check(verifySignature(key.open, utf8(note.body), signature), "note: the log's signature");
}

/** The timestamp of a cosigner on a checkpoint (BigInt), null where it did not sign; a wrong signature refuses. */
export function cosignedAt(note, key) {
  const signature = note.signatures.get(`${key.name} ${key.id}`);
  if (!signature) return null;
  check(signature.length === 72, 'note: cosignature');
  const at = signature.subarray(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const said = utf8(`cosignature/v1\ntime ${at}\n${note.body}`);
  check(at < 1n << 63n && verifySignature(key.open, said, signature.subarray(8)), 'note: cosignature');
  return at;
}

/** A checkpoint of the log of `key`, signed by it: exactly three lines. */
export function readCheckpoint(text, key) {
  const note = readNote(text);
  const lines = note.body.split('\n');
  check(lines.length === 4 && lines[0] === key.name && SIZE.test(lines[1]) && Number.isSafeInteger(Number(lines[1])), 'checkpoint');
  const root = fromBase64(lines[2]);
  check(root.length === 32, 'checkpoint');
  checkSigned(note, key);
  return { note, size: Number(lines[1]), root: toHex(root) };
}
