/** Bundles of the first edition, checked by its own code until the platform makes none. */

import { verifyLoaded } from './archive.js';
import { explainSubject } from './explain.js';
import { readZip, stripTopFolder } from './zip.js';

function filesOf(source) {
  return source.zip ? readZip(source.zip) : stripTopFolder(new Map(source.picked.map(({ path, bytes }) => [path, bytes])));
}

/** Whether what was chosen is a bundle of the first edition. */
export async function isFirst(source) {
  try {
    const files = await filesOf(source);
    return JSON.parse(new TextDecoder().decode(files.get('seal.json'))).protocol === 'MQ1';
  } catch {
    return false;
  }
}

/** Checks it; `checker` answers for single subjects from then on. */
export async function checkFirst(checker, source, options) {
  const { files, result } = await verifyLoaded(async () => filesOf(source), { logKey: options.log_key ?? '' });
  checker.explain = (id) => explainSubject(files, id);
  checker.again = (more) => checkFirst(checker, source, more);
  return { first: result };
}
