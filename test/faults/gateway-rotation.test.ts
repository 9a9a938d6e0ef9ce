import { deepEqual, equal, ok } from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { decodeProtectedHeader } from "jose";
import { shop } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway } from "../doubles/gateway.ts";
import { answersOk, startTarget, type Target } from "../doubles/target.ts";
import type { TargetCall } from "../doubles/target-call.ts";

type Values = Readonly<Record<string, string>>;

/** A type of credentials of which there is a new one in each round; `id` names the round. */
interface Rotated {
  readonly name: string;
  readonly type: string;
  readonly secret: (id: string) => Values | Promise<Values>;
  /** Which of them a call to the target or to the token endpoint was made with; `peer` is its client certificate's name. */
  readonly shown: (call: TargetCall, peer: string) => string | Promise<string>;
  /** A token works only over connections with the certificate that it was asked for with. */
  readonly isBound?: boolean;
  readonly csrf?: boolean;
  /** Of the callers. */
  readonly headers?: readonly string[];
}

const PATIENCE = { timeout: 60_000 };
const ROUNDS = ["one", "two", "three", "four"];
const authority = await TestAuthority.create();
const server = await authority.server();

const signingKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });

const formOf = async (call: TargetCall) => new URLSearchParams(await call.text());
const secretOf = async (call: TargetCall) => (await formOf(call)).get("client_secret") ?? "";
const client = { clientId: "c" };

const rotated: readonly Rotated[] = [
  {
    name: "Basic",
    type: "Basic",
    secret: (password) => ({ username: "u", password }),
    shown: (call) =>
      Buffer.from(call.header("Authorization")?.slice(6) ?? "", "base64")
        .toString()
        .slice(2),
  },
  {
    name: "an API key in a header",
    type: "ApiKey",
    secret: (apiKey) => ({ apiKey, header: "X-Key" }),
    shown: (call) => call.header("X-Key") ?? "",
  },
  {
    name: "an API key in the query",
    type: "ApiKey",
    secret: (apiKey) => ({ apiKey, queryParameter: "key" }),
    shown: (call) => new URLSearchParams(call.path.slice(call.path.indexOf("?"))).get("key") ?? "",
  },
  {
    name: "a client certificate",
    type: "CertificateGen",
    secret: async (id) => ({ ...(await authority.client(id)) }),
    shown: (_, peer) => peer,
  },
  {
    name: "OAuth",
    type: "OAuth",
    secret: (clientSecret) => ({ ...client, clientSecret }),
    shown: secretOf,
  },
  {
    name: "OAuth with CSRF tokens",
    type: "OAuth",
    csrf: true,
    secret: (clientSecret) => ({ ...client, clientSecret }),
    shown: secretOf,
  },
  {
    name: "OAuth with private_key_jwt",
    type: "OAuth",
    secret: (keyId) => ({ ...client, tokenEndpointAuthMethod: "private_key_jwt", keyId, key: signingKey() }),
    shown: async (call) =>
      decodeProtectedHeader((await formOf(call)).get("client_assertion") ?? "").kid ?? "",
  },
  {
    name: "OAuth with a client certificate",
    type: "OAuthWithCert",
    secret: async (id) => ({ ...client, ...(await authority.client(id)) }),
    shown: (_, peer) => peer,
  },
  {
    name: "the certificate that tokens are bound to",
    isBound: true,
    type: "OAuthWithCert",
    secret: async (id) => ({ ...client, ...(await authority.client(id)), certificateBoundTokens: "true" }),
    shown: (_, peer) => peer,
  },
  {
    name: "the client of a token exchange",
    headers: ["Authorization: Bearer anna"],
    type: "OAuth",
    secret: (clientSecret) => ({
      ...client,
      clientSecret,
      grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
    }),
    shown: secretOf,
  },
];

/** Client certificates by connection. */
function peersOf(target: Target): readonly string[] {
  const peers: string[] = [];
  target.onConnection((socket) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    peers.push(String(subject?.CN ?? ""));
  });
  return peers;
}

async function startScene({ type, secret, shown, isBound, csrf }: Rotated) {
  await using stack = new AsyncDisposableStack();
  const tls = { cert: server.crt, key: server.key, requestCert: true, rejectUnauthorized: false };
  const valid = new Set<string>();
  /** What the target has accepted, in order. */
  const accepted: string[] = [];
  const idOf = async (call: TargetCall, peers: readonly string[]) =>
    shown(call, peers[call.connection - 1] ?? "");
  const answersToken = async (call: TargetCall): Promise<void> => {
    if (call.method === "GET") {
      const isValid = valid.has(call.header("Authorization")?.slice("Bearer ".length) ?? "");
      return call.respond(isValid ? 200 : 401, { "X-Csrf-Token": "c" }, "");
    }
    const id = await idOf(call, tokenPeers);
    if (!valid.has(id)) return call.respond(401, {}, '{"error":"invalid_client"}');
    await call.respond(200, {}, JSON.stringify({ access_token: id, expires_in: 300 }));
  };
  const tokens = stack.use(await startTarget(answersToken, { tls: { ...tls, ca: authority.crt } }));
  const tokenPeers = peersOf(tokens);
  const answers = async (call: TargetCall): Promise<void> => {
    const token = /^Bearer (.*)$/.exec(call.header("Authorization") ?? "")?.[1];
    const id = token ?? (await idOf(call, targetPeers));
    const isForeign = isBound && targetPeers[call.connection - 1] !== token;
    if (!valid.has(id) || isForeign) return call.respond(401, {}, "");
    accepted.push(id);
    await answersOk(call);
  };
  const target = stack.use(await startTarget(answers, { tls: { ...tls, ca: authority.crt } }));
  const targetPeers = peersOf(target);
  const csrfInfo = csrf && { csrfInfo: { tokenEndpointURL: `${tokens.url}/csrf` } };
  const credentials = { type, secretName: "s", authenticationUrl: `${tokens.url}/token`, ...csrfInfo };
  const [first = ""] = ROUNDS;
  valid.add(first);
  const gateway = stack.use(
    await startGateway({
      authority,
      applications: [shop(target.url, { credentials })],
      secrets: { s: await secret(first) },
    }),
  );
  const held = stack.move();
  return { valid, accepted, tokens, gateway, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

for (const one of rotated) {
  test(`gateway rotation - no call fails while ${one.name} is replaced again and again under load`, async () => {
    await using scene = await startScene(one);
    const { valid, accepted, gateway } = scene;
    const { headers = [] } = one;
    const over = new AbortController();
    const statuses = new Map<number, number>();
    const caller = async () => {
      while (!over.signal.aborted) {
        // eslint-disable-next-line no-await-in-loop -- one call after the other
        const { status } = await gateway.call("POST", "/shop/orders-api/x", { headers, body: "order" });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    let former = "";
    for (const id of ROUNDS) {
      // As docs/reference/credentials.md has it: both are valid, the Secret changes, the former one goes.
      valid.add(id);
      // eslint-disable-next-line no-await-in-loop -- one round after the other
      if (former !== "") gateway.applySecret("s", await one.secret(id));
      // eslint-disable-next-line no-await-in-loop
      await eventually(() => ok(accepted.filter((seen) => seen === id).length > 20), PATIENCE);
      valid.delete(former);
      former = id;
      const before = accepted.length;
      // eslint-disable-next-line no-await-in-loop
      await eventually(() => ok(accepted.length > before + 20), PATIENCE);
    }
    over.abort();
    await Promise.all(callers);
    deepEqual([...statuses.keys()], [200]);
    equal(accepted.at(-1), ROUNDS.at(-1));
  });
}
