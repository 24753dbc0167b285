/** Behaviour of `verify.html`: takes what is dropped or chosen, checks it on this machine, shows the outcome. */

import { verifyLoaded } from '../protocol/archive.js';
import { filesFromDrop } from './drop.js';
import { explainSubject } from '../protocol/explain.js';
import { createView } from './ui.js';
import { VERSION } from '../protocol/words.js';

function byId(id) {
  return document.getElementById(id);
}

/** One check at a time: while one runs, what is dropped is not taken. */
function makeRunner(view) {
  let busy = false;
  return async (source) => {
    if (busy) return;
    busy = true;
    view.clear();
    view.progress('正在读取文件');
    // What was dropped must be taken before the first await, so the call comes first.
    const loading = filesFromDrop(source);
    const options = { logKey: byId('log-key').value.trim(), onStep: view.step, onProgress: view.progress };
    const { files, result } = await verifyLoaded(() => loading, options);
    view.result(result, (id) => explainSubject(files, id));
    busy = false;
    byId('view').scrollIntoView({ block: 'start' });
  };
}

/** Wires the page up. */
export function startStandalone() {
  const run = makeRunner(createView(byId('view')));
  const zone = byId('drop');
  for (const id of ['pick-zip', 'pick-folder', 'pick-files']) {
    const input = byId(id);
    byId(`${id}-button`).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      if (input.files.length) run(Array.from(input.files));
      input.value = '';
    });
  }
  const over = (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  };
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    run(event.dataTransfer);
  });
  byId('version').textContent = VERSION;
}
