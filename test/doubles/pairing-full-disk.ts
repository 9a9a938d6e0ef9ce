import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import type { PairingToken, TokenClaim } from "../../src/stores/pairing-records.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { anyHash, issuedCertificate, MOMENT, pairingToken } from "./pairing-records.ts";
import { ballastOn, fillDisk, outcome } from "./small-disk.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that lives on a small file system (first argument), fills it while it pairs, makes room and goes
 * on. It says what happened in one JSON line.
 */
const [root = ""] = process.argv.slice(2);
const ballast = ballastOn(root);
const claiming = { now: MOMENT, leaseMilliseconds: 1000, purpose: "application" } as const;

await using store = await openSqliteStore({ directory: join(root, "data"), clock: systemClock });
const records = store.pairing;

async function claimedToken(): Promise<TokenClaim> {
  const token: PairingToken = pairingToken();
  await records.addToken(token);
  const claim = await records.claimToken(token.hash, claiming);
  if (!claim) throw new Error("the token is not there");
  return claim;
}

const [redeemed, exchanged] = [await claimedToken(), await claimedToken()];
fillDisk(root, 200 * 1024);
// Long subjects, to fill what is left.
const record = (subject: string) => issuedCertificate({ subject });
let refusal = "done";
for (let tries = 0; refusal === "done" && tries < 1000; tries++) {
  refusal = await outcome(records.recordCertificate(record("x".repeat(20_000))));
}
const large = record("x".repeat(300_000));
const next = pairingToken({ tenant: "x".repeat(300_000) });
const revoked = anyHash();
const refused = {
  refusal,
  redeem: await outcome(records.redeemToken(redeemed, large)),
  exchange: await outcome(records.addNextToken(exchanged, next)),
};
const found = {
  certificate: (await records.certificate(large.hash)) !== undefined,
  next: (await records.claimToken(next.hash, claiming)) !== undefined,
};
rmSync(ballast);
const afterwards = {
  redeem: await outcome(records.redeemToken(redeemed, large)),
  exchange: await outcome(records.addNextToken(exchanged, next)),
  revoke: await records.revoke({ hash: revoked, revokedAt: MOMENT, notAfter: undefined }),
  certificate: (await records.certificate(large.hash)) !== undefined,
};
sayNow({ refused, found, afterwards });
