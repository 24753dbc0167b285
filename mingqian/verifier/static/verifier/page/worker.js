/** The check in a worker of its own: the page stays alive. Messages: see `page.js`. */

import { explainSubject } from '../protocol/explain.js';
import { verifyZip } from '../protocol/archive.js';

let files = null;

async function handle(message) {
  if (message.type === 'verify') {
    const checked = await verifyZip(message.bytes, {
      logKey: message.logKey,
      onStep: (step) => postMessage({ type: 'step', step }),
      onProgress: (text, done, total) => postMessage({ type: 'progress', text, done, total }),
    });
    files = checked.files;
    postMessage({ type: 'result', result: checked.result });
  } else if (message.type === 'explain') {
    postMessage({ type: 'explained', number: message.number, found: await explainSubject(files, message.id) });
  }
}

addEventListener('message', (event) => handle(event.data));
