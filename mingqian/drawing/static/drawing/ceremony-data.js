// What the projector reads: the sealed files as rows and objects, and as the verifier's code wants them.

import { digestHex } from "../verifier/protocol/sha256.js";

/** The sealed files as rows and objects. */
export async function read(payload) {
  const { files, names } = payload;
  const rows = (name) => files[name].split("\n").filter(Boolean).map((line) => line.split("\t"));
  const result = JSON.parse(files["result.json"]);
  return {
    files, names, seal: JSON.parse(files["seal.json"]), reveal: JSON.parse(files["reveal.json"]), seed: result.seed,
    seal_digest: await digestHex(files["seal.json"]),
    subjects: rows("subjects.tsv"), inspectors: rows("inspectors.tsv"), conflicts: rows("conflicts.tsv"),
    result: { strata: result.strata, assignments: result.assignments },
  };
}

/** The data as the verifier's code wants it. */
export function tablesOf(data) {
  const subjects = data.subjects.map(([id, stratum, lots, status]) => ({ id, stratum, lots: Number(lots), status, kind: status.split(":")[0] }));
  const inspectors = data.inspectors.map(([id, unit, status]) => ({ id, unit, status, kind: status.split(":")[0] }));
  const conflicts = new Map();
  for (const [subject, inspector] of data.conflicts) {
    if (!conflicts.has(subject)) conflicts.set(subject, new Set());
    conflicts.get(subject).add(inspector);
  }
  const byId = (items) => new Map(items.map((row) => [row.id, row]));
  return {
    tables: { subjects: { items: subjects }, inspectors: { items: inspectors }, subjectOf: byId(subjects), inspectorOf: byId(inspectors) },
    conflicts,
  };
}
