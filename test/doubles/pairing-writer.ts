import { systemClock } from "../../src/core/clock.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import { anyHash, certificateOf, issuedCertificate, nextOf, pairingToken } from "./pairing-records.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that pairs without end in the store of the directory in its first argument, many at once, and says
 * each step that was acknowledged: `{"step":"added"|"claimed"|"prepared"|"exchanged"|"redeemed"|"released","hash":…}`.
 * Each token is exchanged for `nextOf` it, and that is redeemed for the certificate `certificateOf` it.
 */
const [directory = ""] = process.argv.slice(2);
const store = await openSqliteStore({ directory, clock: systemClock });
const HOUR = 3_600_000;

function say(step: string, hash: string): void {
  sayNow({ step, hash });
}

function token(hash: string) {
  const createdAt = Date.now();
  return pairingToken({
    hash,
    createdAt,
    expiresAt: createdAt + 24 * HOUR,
    chainEndsAt: createdAt + 24 * HOUR,
  });
}

async function claim(hash: string) {
  const claimed = await store.pairing.claimToken(hash, {
    now: Date.now(),
    leaseMilliseconds: HOUR,
    purpose: "application",
  });
  if (!claimed) throw new Error("a token that nobody else knows was taken");
  say("claimed", hash);
  return claimed;
}

async function pair(): Promise<void> {
  const hash = anyHash();
  await store.pairing.addToken(token(hash));
  say("added", hash);
  await store.pairing.releaseToken(await claim(hash));
  say("released", hash);
  const next = nextOf(hash);
  const exchanging = await claim(hash);
  await store.pairing.addNextToken(exchanging, token(next));
  say("prepared", hash);
  await store.pairing.consumeToken(exchanging);
  say("exchanged", hash);
  const issued = issuedCertificate({ hash: certificateOf(next), notAfter: Date.now() + 24 * HOUR });
  await store.pairing.redeemToken(await claim(next), issued);
  say("redeemed", hash);
}

async function pairForEver(): Promise<never> {
  for (;;) await pair();
}

await Promise.all(Array.from({ length: 8 }, pairForEver));
