import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash, generateKeyPairSync, randomInt, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { createCertificateRequest } from "../../src/pki/create-certificate-request.ts";
import { encode } from "../doubles/certificate-requests.ts";
import { eventually } from "../doubles/eventually.ts";
import { information, newLink, send, type Answered } from "../doubles/external-system.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";

const AT_ONCE = 12;
const ROUNDS = 10;
/** Longer than a token that was in use is withheld after a crash. Milliseconds. */
const LEASE_OVER = 60_000;

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

interface Attempt {
  readonly application: string;
  readonly csrUrl: string;
  readonly body: string;
  /** Undefined where the connection broke. */
  readonly answer?: Answered | undefined;
}

async function bodyFor(application: string): Promise<string> {
  const fields = ["O=Organization", "OU=OrgUnit", "L=Waldorf", "ST=Waldorf", "C=DE", `CN=${application}`];
  const attributes = fields.map((field) => {
    const [type = "", value = ""] = field.split("=");
    return { type: type as "CN", value };
  });
  return JSON.stringify({ csr: encode(await createCertificateRequest(privateKey, attributes)) });
}

async function prepareAttempt(served: ServedInstallation, application: string): Promise<Attempt> {
  const { csrUrl } = await information(served, (await newLink(served, application)).url);
  return { application, csrUrl, body: await bodyFor(application) };
}

/** The port is another one after each start. */
function use(served: ServedInstallation, { csrUrl, body }: Attempt): Promise<Answered> {
  const { pathname, search } = new URL(csrUrl);
  return send(served, new URL(pathname + search, served.pairing), { method: "POST", body });
}

async function recorded(served: ServedInstallation, application: string): Promise<string[]> {
  const answer = await served.admin("GET", `/v1/applications/${application}/certificates`);
  equal(answer.status, 200);
  const { items } = (await answer.json()) as { items: { hash: string }[] };
  return items.map(({ hash }) => hash);
}

function hashIn({ text }: Answered): string {
  const { clientCrt } = JSON.parse(text) as { clientCrt: string };
  const certificate = new X509Certificate(Buffer.from(clientCrt, "base64"));
  return createHash("sha256").update(certificate.raw).digest("hex");
}

const manyNames = (round: number) => Array.from({ length: AT_ONCE }, (_, index) => `shop-${round}-${index}`);

/** Many calls wait when the process is killed: with the first, the second, … answer, or before any. */
async function killedWhile<T>(
  served: ServedInstallation,
  round: number,
  calls: readonly (() => Promise<T>)[],
): Promise<(T | undefined)[]> {
  const { promise: moment, resolve: kill } = Promise.withResolvers<void>();
  let left = round % AT_ONCE;
  if (left === 0) setTimeout(kill, randomInt(0, 60));
  const calling = calls.map(async (call) => {
    const answer = await call().catch(() => undefined);
    if (--left === 0) kill();
    return answer;
  });
  await moment;
  await served.stop("SIGKILL");
  return Promise.all(calling);
}

async function killedInUse(served: ServedInstallation, round: number): Promise<Attempt[]> {
  const attempts = await Promise.all(manyNames(round).map((name) => prepareAttempt(served, name)));
  const calls = attempts.map((attempt) => () => use(served, attempt));
  const answers = await killedWhile(served, round, calls);
  return attempts.map((attempt, index) => ({ ...attempt, answer: answers[index] }));
}

test("pairing kill - after kill -9 while tokens are used, each is still usable or its certificate is recorded", async (context) => {
  await using served = new ServedInstallation();
  const settings = ["--components=admin,connector,ingress", "--ingress-failed-tokens-per-minute=0"];
  const endings = new Map<string, number>();
  const free: Attempt[] = [];
  await served.start(settings);
  for (let round = 0; round < ROUNDS; round++) {
    const attempts = await killedInUse(served, round);
    await served.start(settings);
    for (const attempt of attempts) {
      const { application, answer } = attempt;
      const hashes = await recorded(served, application);
      ok(hashes.length <= 1, "one token gave two certificates");
      if (answer) {
        deepEqual(hashes, [hashIn(answer)], "what was answered is recorded");
      }
      const [hash] = hashes;
      const ending = hash === undefined ? "free" : answer ? "answered" : "recorded unanswered";
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
      if (hash === undefined) free.push(attempt);
      else equal((await use(served, attempt)).status, 403, "recorded, and usable nevertheless");
    }
  }
  for (const attempt of free) {
    const answer = await eventually(
      async () => {
        const again = await use(served, attempt);
        equal(again.status, 201, `${attempt.application}: ${again.text}`);
        return again;
      },
      { timeout: LEASE_OVER, interval: 250 },
    );
    deepEqual(await recorded(served, attempt.application), [hashIn(answer)]);
  }
  // Kills before and after the decision were met; those between it and its answer are met most of the times.
  ok(endings.has("free") && endings.size > 1, JSON.stringify(Object.fromEntries(endings)));
  context.diagnostic(JSON.stringify(Object.fromEntries(endings)));
});

test("pairing kill - what information was answered before a kill -9 is good after it", async () => {
  await using served = new ServedInstallation();
  const settings = ["--components=admin,connector,ingress"];
  await served.start(settings);
  const attempt = await prepareAttempt(served, "shop");
  const { url } = await newLink(served, "shop");
  await served.stop("SIGKILL");
  await served.start(settings);
  equal((await use(served, attempt)).status, 201);
  const link = new URL(url);
  equal((await send(served, new URL(link.pathname + link.search, served.pairing))).status, 200);
});

test("pairing kill - after kill -9 while links are opened, each link opens again or its answer is good", async (context) => {
  await using served = new ServedInstallation();
  const settings = ["--components=admin,connector,ingress", "--ingress-failed-tokens-per-minute=0"];
  /** The port is another one after each start. */
  const open = (url: string) => {
    const { pathname, search } = new URL(url);
    return send(served, new URL(pathname + search, served.pairing));
  };
  const sign = async (application: string, { text }: Answered) => {
    const { csrUrl } = JSON.parse(text) as { csrUrl: string };
    const { status } = await use(served, { application, csrUrl, body: await bodyFor(application) });
    equal(status, 201, application);
  };
  const unanswered = new Map<string, string>();
  let answered = 0;
  await served.start(settings);
  for (let round = 0; round < ROUNDS; round++) {
    const links = new Map<string, string>();
    for (const name of manyNames(round)) links.set(name, (await newLink(served, name)).url);
    const calls = Array.from(links.values(), (url) => () => open(url));
    const answers = await killedWhile(served, round, calls);
    await served.start(settings);
    for (const [index, [application, url]] of [...links].entries()) {
      const answer = answers[index];
      if (answer) {
        equal(answer.status, 200, answer.text);
        await sign(application, answer);
        answered++;
      } else unanswered.set(application, url);
    }
  }
  for (const [application, url] of unanswered) {
    const answer = await eventually(
      async () => {
        const again = await open(url);
        equal(again.status, 200, `${application}: ${again.text}`);
        return again;
      },
      { timeout: LEASE_OVER, interval: 250 },
    );
    await sign(application, answer);
    equal((await open(url)).status, 403, "good twice");
  }
  ok(answered > 0 && unanswered.size > 0);
  context.diagnostic(JSON.stringify({ answered, unanswered: unanswered.size }));
});
