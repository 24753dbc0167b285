// Reads jobs from standard input and writes an answer for each, numbers beyond 2^53 as they are: {place, options}, a zip or a folder, or
// {files: {NAME: BASE64}, options}, what the verifier says of it; {place, explain: [ID, ...]} what the page says of subjects;
// {sentences: [REASON, ...]} reasons in Chinese; {parts: CLOSE} a close with its proof as texts for QR codes.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explainSubject } from '../static/verifier/mq2/explain.js';
import { Refused } from '../static/verifier/mq2/refusal.js';
import { examine, verify } from '../static/verifier/mq2/verify.js';
import { readZip } from '../static/verifier/mq2/zip.js';
import { sentenceOf } from '../static/verifier/page/reasons.js';
import { closeParts } from '../static/verifier/witness/texts.js';

function filesOf({ place, files: given }) {
  if (given) return new Map(Object.entries(given).map(([name, content]) => [name, new Uint8Array(Buffer.from(content, 'base64'))]));
  if (!statSync(place).isDirectory()) return readZip(new Uint8Array(readFileSync(place)));
  const files = new Map();
  const walk = (folder, prefix) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(folder, entry.name), `${prefix}${entry.name}/`);
      else files.set(prefix + entry.name, new Uint8Array(readFileSync(join(folder, entry.name))));
    }
  };
  walk(place, '');
  return files;
}

function answer(job) {
  const { options, explain, sentences, parts } = job;
  if (parts) return closeParts(parts);
  if (sentences) return sentences.map(sentenceOf);
  try {
    if (explain) {
      const { bundle } = examine(filesOf(job));
      return explain.map((id) => explainSubject(bundle, id));
    }
    return verify(filesOf(job), options);
  } catch (error) {
    if (!(error instanceof Refused)) return { status: 'broken', reason: `${error.stack}` };
    return { status: 'refused', reason: error.reason };
  }
}

// A timestamp is a BigInt: JSON has only one kind of number, and Python reads it whole.
const plain = (value) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `#${one}#` : one)).replace(/"#(\d+)#"/g, '$1');

const jobs = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(`[${jobs.map((job) => plain(answer(job))).join(',')}]`);
