/**
 * Runs jobs against the verifier: a JSON list of jobs on standard input, a JSON list of answers on standard output.
 * A job names what to do (`do`) and, where it checks a bundle, the folder (`dir`) and what is put in place of its files
 * (`replace`: name -> base64, or null to take it away), or a whole zip (`zip`: base64).
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const verifier = new URL('../static/verifier/protocol/', import.meta.url);
const load = (name) => import(new URL(name, verifier));

const [{ verifyBundle, modelOf }, { verifyZip }, { explainSubject }, { resultText }, canonical, grammar, sha, merkle] = await Promise.all([
  'verify.js', 'archive.js', 'explain.js', 'draw.js', 'canonical.js', 'grammar.js', 'sha256.js', 'merkle.js',
].map(load));

const bytesOf = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));

function readFolder(dir, prefix = '', files = new Map()) {
  for (const name of readdirSync(dir).sort()) {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) readFolder(path, `${prefix}${name}/`, files);
    else files.set(prefix + name, new Uint8Array(readFileSync(path)));
  }
  return files;
}

function filesOf(job) {
  const files = job.dir ? readFolder(job.dir) : new Map();
  for (const [name, content] of Object.entries(job.replace || {})) {
    if (content === null) files.delete(name);
    else files.set(name, bytesOf(content));
  }
  for (const [name, [offset, mask]] of Object.entries(job.flip || {})) files.get(name)[offset] ^= mask;
  return files;
}

async function attempt(act) {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: error.message, kind: error.constructor.name };
  }
}

const JOBS = {
  async verify(job) {
    const files = filesOf(job);
    const result = await verifyBundle(files, { logKey: job.logKey });
    const explained = [];
    for (const id of job.explain || []) explained.push(await explainSubject(files, id));
    return { ...result, explained };
  },
  async zip(job) {
    const { files, result } = await verifyZip(bytesOf(job.zip));
    return { ...result, names: Array.from(files.keys()) };
  },
  async rebuild(job) {
    const files = filesOf(job);
    await verifyBundle(files);
    const { seal, context, opened, drawn } = modelOf(files);
    return resultText(seal, context.sealDigest, opened.digest, opened.seed, drawn);
  },
  async sha(job) {
    return job.inputs.map(bytesOf).map((input) => sha.toHex(sha.sha256(input)));
  },
  async json(job) {
    return Promise.all(job.inputs.map((input) => attempt(() => canonical.canonicalize(canonical.parseCanonical(bytesOf(input))))));
  },
  async grammar(job) {
    return job.inputs.map((input) => grammar[job.rule](input));
  },
  async sort(job) {
    return job.inputs.slice().sort(grammar.compareUtf8);
  },
  async inclusion(job) {
    return job.cases.map(([leaf, index, size, proof, root]) => merkle.checkInclusion(sha.fromHex(leaf), index, size, proof, root));
  },
  async consistency(job) {
    return job.cases.map((item) => merkle.checkConsistency(...item));
  },
};

const answers = [];
for (const job of JSON.parse(readFileSync(0, 'utf8'))) answers.push(await JOBS[job.do](job));
process.stdout.write(JSON.stringify(answers));
