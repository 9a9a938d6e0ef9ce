import { createHash, generateKeyPairSync } from "node:crypto";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { encodeRevocationList } from "../../src/pki/revocation-list.ts";
import { signingAlgorithm } from "../../src/pki/signing-algorithm.ts";
import { formatLine } from "../line.ts";

const ENTRIES = 100_000;
const LOOKUPS = 1_000_000;
const ROUNDS = 5;

/** Microseconds to look one certificate up among many revoked ones, and milliseconds to write the list of them. */
const hashes = Array.from({ length: ENTRIES }, (_, index) => hashOf(index));
const before = process.memoryUsage().heapUsed;
const set = new RevocationSet();
for (const hash of hashes) set.add(hash);
const kept = process.memoryUsage().heapUsed - before;
const known = asked(0);
const unknown = asked(ENTRIES);
const figures = {
  "hit-us": best(() => look(known, ENTRIES)),
  "miss-us": best(() => look(unknown, 0)),
  "heap-mib": kept / 2 ** 20,
  "list-ms": await listing(),
};
console.log(formatLine({ contender: "micro", case: `revocations-${ENTRIES}`, figures }));

/** New strings, as they come from a connection: nobody has computed their hash code. */
function asked(from: number): readonly string[] {
  return Array.from({ length: ENTRIES }, (_, index) => hashOf(from + index));
}

function hashOf(index: number): string {
  return createHash("sha256").update(String(index)).digest("hex");
}

function best(round: () => number): number {
  return Math.min(...Array.from({ length: ROUNDS }, round));
}

function look(list: readonly string[], expected: number): number {
  const { user, system } = process.cpuUsage();
  let found = 0;
  for (let index = 0; index < LOOKUPS; index++) if (set.has(list[index % list.length] as string)) found++;
  if (found !== expected * (LOOKUPS / ENTRIES)) throw new Error(`${found} found`);
  const end = process.cpuUsage();
  return (end.user + end.system - user - system) / LOOKUPS;
}

async function listing(): Promise<number> {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = signingAlgorithm(key);
  if (!algorithm) throw new Error("no algorithm");
  const entries = hashes.map((hash) => ({ serial: hash.slice(0, 34), revokedAt: 0 }));
  const signer = { name: "3000", key, algorithm, keyIdentifier: "" };
  const begin = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) {
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await encodeRevocationList({ entries, now: 0, number: 1n }, signer);
  }
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000 / ROUNDS;
}
