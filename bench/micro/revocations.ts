import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { formatLine, type Line } from "../line.ts";
import { median } from "../statistics.ts";

const ENTRIES = 100_000;
const LOOKUPS = 1_000_000;
const ROUNDS = 5;

/** Microseconds of processor time to look one certificate up among many revoked ones; the median of several rounds. */
export function measureRevocations(): Line {
  const hashes = Array.from({ length: ENTRIES }, (_, index) => hashOf(index));
  const before = process.memoryUsage().heapUsed;
  const set = new RevocationSet();
  for (const hash of hashes) set.add(hash);
  const kept = process.memoryUsage().heapUsed - before;
  const [known, unknown] = [asked(0), asked(ENTRIES)];
  const figures = {
    hit_us: typical(() => look(set, known, ENTRIES)),
    miss_us: typical(() => look(set, unknown, 0)),
    heap_mib: kept / 2 ** 20,
  };
  return { contender: "gateway", case: `revocations-${ENTRIES}`, figures };
}

/** New strings, as they come from a connection: nobody has computed their hash code. */
function asked(from: number): readonly string[] {
  return Array.from({ length: ENTRIES }, (_, index) => hashOf(from + index));
}

function hashOf(index: number): string {
  return createHash("sha256").update(String(index)).digest("hex");
}

function typical(round: () => number): number {
  return median(Array.from({ length: ROUNDS }, round));
}

function look(set: RevocationSet, list: readonly string[], expected: number): number {
  const { user, system } = process.cpuUsage();
  let found = 0;
  for (let index = 0; index < LOOKUPS; index++) if (set.has(list[index % list.length] as string)) found++;
  if (found !== expected * (LOOKUPS / ENTRIES)) throw new Error(`${found} found`);
  const end = process.cpuUsage();
  return (end.user + end.system - user - system) / LOOKUPS;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(formatLine(measureRevocations()));
