import { createHash, generateKeyPairSync } from "node:crypto";
import { encodeRevocationList } from "../../src/pki/revocation-list.ts";
import { signingAlgorithm } from "../../src/pki/signing-algorithm.ts";
import { formatLine } from "../line.ts";

const ENTRIES = 100_000;
const ROUNDS = 5;

/** Milliseconds of processor time to write and sign the list of many revoked certificates. */
const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const algorithm = signingAlgorithm(key);
if (!algorithm) throw new Error("no algorithm");
const serials = Array.from({ length: ENTRIES }, (_, index) =>
  createHash("sha256").update(String(index)).digest("hex").slice(0, 34),
);
const entries = serials.map((serial) => ({ serial, revokedAt: 0 }));
const signer = { name: "3000", key, algorithm, keyIdentifier: "" };
const begin = process.cpuUsage();
for (let round = 0; round < ROUNDS; round++) {
  // eslint-disable-next-line no-await-in-loop -- one after the other
  await encodeRevocationList({ entries, now: 0, number: 1n }, signer);
}
const { user, system } = process.cpuUsage(begin);
const figures = { "list-ms": (user + system) / 1000 / ROUNDS };
console.log(formatLine({ contender: "micro", case: `revocation-list-${ENTRIES}`, figures }));
