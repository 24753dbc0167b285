/** The check in a worker of its own, so that the page stays alive: {number, call, given} in, {number, found} or {number, failed} out. */

import { Checker } from './checker.js';

export function startWorker() {
  const checker = new Checker();
  addEventListener('message', async ({ data: { number, call, given } }) => {
    try {
      postMessage({ number, found: await checker[call](...given) });
    } catch (error) {
      postMessage({ number, failed: String(error) });
    }
  });
}

// In verify.html worker and page are one script, whose end says which of them it is.
if (typeof document === 'undefined') startWorker();
