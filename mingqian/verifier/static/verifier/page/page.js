/**
 * Entry for the platform's pages: checks the bundle named on each `<div data-mq-verify data-bundle-url="..." data-log-key="..."
 * data-subject="..." data-names="ID" data-names-url="...">`, fetched from the same host, in a worker. `data-names` is the id of a
 * JSON script of the page, {id: name}; `data-names-url` answers `?q=TEXT` with {"names": {id: name}}. The page links `verifier.css` itself.
 */

import { Checker } from './checker.js';
import { Names } from './names.js';
import { RemoteChecker } from './remote.js';
import { createView } from './view.js';

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
    view.progress('正在下载抽取文件', Math.min(filled, total), total);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

async function fetchBundle(address, view) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) throw new Error('抽取文件不在本网站上');
  view.progress('正在下载抽取文件');
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`下载抽取文件失败（${response.status}）`);
  return readBody(response, view);
}

/** The check in a worker; on the page itself where the browser cannot start one. */
async function check(bytes, options) {
  const remote = new RemoteChecker(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
  try {
    return { checker: remote, found: await remote.check({ zip: bytes }, options) };
  } catch {
    const checker = new Checker();
    return { checker, found: await checker.check({ zip: bytes }, options) };
  }
}

function namesOf({ names = '', namesUrl = '' }) {
  const ask = async (text) => {
    const url = new URL(namesUrl, location.href);
    url.searchParams.set('q', text);
    const response = await fetch(url, { credentials: 'same-origin' });
    return (await response.json()).names;
  };
  return new Names(names ? JSON.parse(document.getElementById(names).textContent) : {}, namesUrl ? ask : null);
}

/**
 * @param {HTMLElement} element with the data attributes above; fires `mq-verified` with what the verifier says as `detail`
 * @returns {Promise<void>}
 */
export async function mountVerifier(element) {
  const { bundleUrl, logKey = '', subject = '' } = element.dataset;
  const view = createView(element);
  const tell = (detail) => element.dispatchEvent(new CustomEvent('mq-verified', { bubbles: true, detail }));
  const options = { log_key: logKey || undefined };
  try {
    const bytes = await fetchBundle(bundleUrl, view);
    view.progress('正在核验');
    const { checker, found } = await check(bytes, options);
    const explain = (id) => checker.explain(id);
    const show = ({ none, report }, used) => {
      if (none) view.unavailable(none);
      else view.result(report, { explain, options: used, again, subject, names: namesOf(element.dataset) });
      tell(report ?? { status: 'none', reason: none });
    };
    const again = async (other) => show(await checker.again(other), other);
    show(found, options);
  } catch (error) {
    const text = error instanceof TypeError ? '下载抽取文件失败，请检查网络后重试' : error.message;
    view.unavailable(text);
    tell({ status: 'none', reason: text });
  }
}

for (const element of document.querySelectorAll('[data-mq-verify]')) mountVerifier(element);
