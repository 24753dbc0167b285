// Reads jobs from standard input and writes an answer for each, numbers beyond 2^53 as they are: {place, options}, a zip or a folder, or
// {files: {NAME: BASE64}, options}, what the verifier says of it; {place, explain: [ID, ...]} what the page says of subjects;
// {sentences: [REASON, ...]} reasons in Chinese; {parts: CLOSE} a close with its proof as texts for QR codes; {call: 'MODULE.NAME',
// cases: [[ARGUMENT, ...], ...]} what a function of the protocol gives for each, bytes written {base64}.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { explainSubject } from '../static/verifier/protocol/explain.js';
import { Refused } from '../static/verifier/protocol/refusal.js';
import { examine, verify } from '../static/verifier/protocol/verify.js';
import { readZip } from '../static/verifier/protocol/zip.js';
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

const argument = (value) => (value?.base64 === undefined ? value : new Uint8Array(Buffer.from(value.base64, 'base64')));

async function called(call, cases) {
  const [module, name] = call.split('.');
  const found = (await import(`../static/verifier/protocol/${module}.js`))[name];
  return cases.map((one) => {
    try {
      const value = found(...one.map(argument));
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
    } catch (error) {
      return `${error.constructor.name}: ${error.message}`;
    }
  });
}

function answer(job) {
  const { options, explain, sentences, parts, call, cases } = job;
  if (call) return called(call, cases);
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
const answers = [];
for (const job of jobs) answers.push(plain(await answer(job)));
process.stdout.write(`[${answers.join(',')}]`);
