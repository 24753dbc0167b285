/** The files of a bundle: their names, how large they may be, and their bytes, which may still be packed. */

export const TABLES = ['subjects.tsv', 'inspectors.tsv', 'conflicts.tsv'];
export const LOT_FILES = ['seal.json', 'close.json', 'reveal.json', 'result.json', 'void.json'];
export const SUPPLEMENT = /^supplement-([1-9][0-9]{0,2})\/(.+)$/;
const MB = 1 << 20;

/** How many bytes a file of this name may have. */
export const limitOf = (name) => (TABLES.includes(name) || /(^|\/)result\.json$/.test(name) || name === 'ledger.json' ? 64 * MB : 16 * MB);

/** Whether a bundle may hold a file of this name. */
export function isFileName(name) {
  const match = SUPPLEMENT.exec(name);
  return LOT_FILES.includes(match ? match[2] : name) || TABLES.includes(name) || name === 'ledger.json';
}

/** Name -> bytes; a value may be packed ({length, open()}), and is unpacked anew each time it is read. */
export class Files extends Map {
  get(name) {
    const value = super.get(name);
    return value === undefined || value instanceof Uint8Array ? value : value.open();
  }

  /** @returns {number} how many bytes a file has, whether packed or not */
  sizeOf(name) {
    return super.get(name)?.length ?? 0;
  }
}
