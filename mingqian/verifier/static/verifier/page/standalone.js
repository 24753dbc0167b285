/** Behaviour of `verify.html`: takes what is dropped or chosen, checks it on this machine in a worker, shows the outcome. */

import { Checker } from './checker.js';
import { pickedFrom, PickError } from './drop.js';
import { RemoteChecker } from './remote.js';
import { createView } from './view.js';
import { VERSION } from './words.js';
import {} from './worker.js';

function byId(id) {
  return document.getElementById(id);
}

/** Page and worker are one script; null where a browser allows no worker to a page from disk. */
function startRemote(script) {
  try {
    return new RemoteChecker(new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))));
  } catch {
    return null;
  }
}

/** One check at a time: while one runs, what is dropped is not taken. */
function makeRunner(view, script) {
  let busy = false;
  const check = async (source, options) => {
    const remote = startRemote(script);
    try {
      if (remote) return [remote, await remote.check(source, options)];
    } catch {
      // The same on the page itself.
    }
    const checker = new Checker();
    return [checker, await checker.check(source, options)];
  };
  const run = async (loading) => {
    const options = { log_key: byId('log-key').value.trim() || undefined };
    const [checker, found] = await check(await loading, options);
    const explain = (id) => checker.explain(id);
    const show = ({ none, report }, used) => {
      if (none) view.unavailable(none);
      else view.result(report, { explain, options: used, again });
    };
    const again = async (other) => show(await checker.again(other), other);
    show(found, options);
  };
  return async (chosen) => {
    if (busy) return;
    busy = true;
    view.clear();
    view.progress('正在核验');
    try {
      // What was dropped must be taken before the first await, so the call comes first.
      await run(pickedFrom(chosen));
    } catch (error) {
      view.unavailable(error instanceof PickError ? error.message : '文件读不出来，可能已移动或没有权限');
    }
    busy = false;
    byId('view').scrollIntoView({ block: 'start' });
  };
}

/** Wires the page up. */
export function startStandalone() {
  const run = makeRunner(createView(byId('view')), document.currentScript.textContent);
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
