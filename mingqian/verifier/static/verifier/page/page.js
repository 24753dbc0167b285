/**
 * Entry for the platform's pages: checks the bundle named on each `<div data-mq-verify data-bundle-url="..." data-log-key="..."
 * data-subject="...">`, fetched from the same host, in a worker. The page links `verifier.css` itself.
 */

import { explainSubject } from '../protocol/explain.js';
import { verifyZip } from '../protocol/archive.js';
import { createView } from './ui.js';
import { refusal } from '../protocol/verify.js';

/** Reads a response with progress; a body without a stated length has none. */
async function readBody(response, view) {
  const total = Number(response.headers.get('Content-Length')) || 0;
  const reader = response.body.getReader();
  const chunks = [];
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    filled += value.length;
    view.progress('正在下载数据包', Math.min(filled, total), total);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function fetchBundle(address, view) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('数据包不在本网站上');
  view.progress('正在下载数据包');
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`下载数据包失败（${response.status}）`);
  return readBody(response, view);
}

/** The check in a worker; rejects where the browser cannot start one. */
function checkInWorker(bytes, logKey, view) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    const waiting = new Map();
    let asked = 0;
    const explain = (id) => new Promise((answer) => {
      asked += 1;
      waiting.set(asked, answer);
      worker.postMessage({ type: 'explain', number: asked, id });
    });
    worker.addEventListener('error', (event) => reject(event));
    worker.addEventListener('message', ({ data }) => {
      if (data.type === 'step') view.step(data.step);
      else if (data.type === 'progress') view.progress(data.text, data.done, data.total);
      else if (data.type === 'result') resolve({ result: data.result, explain });
      else if (data.type === 'explained') {
        waiting.get(data.number)(data.found);
        waiting.delete(data.number);
      }
    });
    worker.postMessage({ type: 'verify', bytes, logKey });
  });
}

/** The same on the page itself, in small portions. */
async function checkHere(bytes, logKey, view) {
  const { files, result } = await verifyZip(bytes, { logKey, onStep: view.step, onProgress: view.progress });
  return { result, explain: (id) => explainSubject(files, id) };
}

/**
 * @param {HTMLElement} element with the data attributes above; fires `mq-verified` with the result as `detail`
 * @returns {Promise<void>}
 */
export async function mountVerifier(element) {
  const { bundleUrl, logKey = '', subject = '' } = element.dataset;
  const view = createView(element);
  let checked;
  try {
    const bytes = await fetchBundle(bundleUrl, view);
    view.progress('正在核验');
    try {
      checked = await checkInWorker(bytes, logKey, view);
    } catch {
      // An old browser without module workers.
      view.clear();
      checked = await checkHere(bytes, logKey, view);
    }
  } catch (error) {
    const text = error instanceof TypeError ? '下载数据包失败，请检查网络后重试' : error.message;
    view.unavailable(text);
    element.dispatchEvent(new CustomEvent('mq-verified', { bubbles: true, detail: refusal('input', text) }));
    return;
  }
  view.result(checked.result, checked.explain, subject);
  element.dispatchEvent(new CustomEvent('mq-verified', { bubbles: true, detail: checked.result }));
}

for (const element of document.querySelectorAll('[data-mq-verify]')) mountVerifier(element);
