import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setClientIdentity } from "../../../src/http/client-identity.ts";
import { encode, makeRequest } from "../../doubles/certificate-requests.ts";
import {
  call,
  CERTIFICATES,
  connectorScene,
  forwarded,
  shopRequest,
  type Sent,
} from "../../doubles/connector.ts";

const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;
const INFO = "/v1/applications/management/info";
const RUNTIME_INFO = "/v1/runtimes/management/info";
const HASH = randomBytes(32).toString("hex");
const SUBJECT = "CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE";
const xfcc = (value: string | string[]): Sent => ({ headers: { "X-Forwarded-Client-Cert": value } });

const NO_HEADER = error(400, "Invalid certificate: Certificate header is empty");
const NO_SUBJECT = error(400, "Invalid certificate: Failed to get certificate subject from header.");
const NO_NAME = error(400, "Invalid certificate: Empty Common Name in certificate header");
const INCOMPLETE = error(
  400,
  "Invalid certificate: Invalid certificate header, one of the values not provided",
);
const NO_HASH = error(400, "Invalid certificate: Failed to get certificate hash from header.");

test("certificate host - every header has its answer", async (context) => {
  const { external } = await connectorScene(context);
  const named = (subject: string) => `Hash=${HASH};Subject="${subject}";URI=`;
  for (const [header, expected] of [
    ["", NO_HEADER],
    ["Hash=ab;URI=", NO_SUBJECT],
    [`Hash=${HASH};Subject="";URI=`, NO_SUBJECT],
    ["nonsense", NO_SUBJECT],
    [named(SUBJECT.replace("O=Organization", "O=Other")), NO_SUBJECT],
    [named(SUBJECT.replace("OU=OrgUnit", "OU=Other")), NO_SUBJECT],
    [named(SUBJECT.replace("C=DE", "C=PL")), NO_SUBJECT],
    [named(SUBJECT.replace("C=DE", "DC=DE")), NO_SUBJECT],
    [named(SUBJECT.replace("L=Waldorf", "L=Other")), NO_SUBJECT],
    [named(SUBJECT.replace("ST=Waldorf", "ST=Other")), NO_SUBJECT],
    [named(`${SUBJECT},O=Organization`), NO_SUBJECT],
    [named(`${SUBJECT},CN=stall`), NO_SUBJECT],
    [named(SUBJECT.replace("CN=shop,", "")), NO_NAME],
    [named(SUBJECT.replace("CN=shop", "CN=")), NO_NAME],
    [
      named(SUBJECT.replace("CN=shop", "CN=*Runtime*")),
      error(403, "Failed to extract ApplicationContext from request"),
    ],
  ] as const) {
    assert.equal((await call(external, INFO, xfcc(header))).text, expected, header);
  }
  assert.equal((await call(external, INFO)).text, NO_HEADER);
});

test("certificate host - the right-most element with a subject counts, whatever a client put before it", async (context) => {
  const { external } = await connectorScene(context);
  const client = `Hash=${HASH};Subject="${SUBJECT.replace("shop", "stall")}";URI=`;
  const own = `Hash=${HASH};Subject="${SUBJECT}";URI=`;
  const sidecar = 'By=spiffe://cluster.local/ns/kyma-system/sa/default;Hash=ab;Subject="";URI=spiffe://x';
  for (const header of [`${client},${own},${sidecar}`, [client, own, sidecar], `${client};${own}`]) {
    const { text } = await call(external, INFO, xfcc(header));
    assert.match(text, /^\{"clientIdentity":\{"application":"shop"\}/);
  }
});

test("certificate host - the header of a peer that is not trusted is none", async (context) => {
  const { external } = await connectorScene(context, { trustedXfccProxies: ["10.0.0.0/8"] });
  assert.equal((await call(external, INFO, { headers: forwarded(HASH) })).text, NO_HEADER);
});

test("certificate host - in central mode the certificate says tenant and group", async (context) => {
  const { external } = await connectorScene(context, { central: true });
  const central = (name: string) => `Hash=${HASH};Subject="CN=${name},OU=g,O=t,L=Waldorf,ST=Waldorf,C=DE"`;
  const { text } = await call(external, INFO, xfcc(central("shop")));
  assert.match(
    text,
    /^\{"clientIdentity":\{"application":"shop","group":"g","tenant":"t"\},"urls":\{"eventsInfoUrl"/,
  );
  assert.match(text, /"subject":"O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=shop"/);
  const runtime = await call(external, RUNTIME_INFO, xfcc(central("*Runtime*")));
  const base = "https://gateway.kyma.example.com/v1/runtimes/certificates";
  assert.equal(
    runtime.text,
    `{"clientIdentity":{"group":"g","tenant":"t"},"urls":{"renewCertUrl":"${base}/renewals","revokeCertUrl":"${base}/revocations"},` +
      '"certificate":{"subject":"O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=*Runtime*","extensions":"","key-algorithm":"rsa2048"}}\n',
  );
  const application = error(403, "Failed to extract ApplicationContext from request");
  const cluster = error(403, "Failed to extract ClusterContext from request");
  assert.equal((await call(external, INFO, xfcc(central("*Runtime*")))).text, application);
  assert.equal((await call(external, RUNTIME_INFO, xfcc(central("shop")))).text, cluster);
  for (const missing of ["CN=shop,", "OU=g,", "O=t,"]) {
    const header = central("shop").replace(missing, "");
    assert.equal((await call(external, INFO, xfcc(header))).text, INCOMPLETE, missing);
  }
});

test("certificate host - a renewal is checked in the order header, revocation, body", async (context) => {
  const { external, internal } = await connectorScene(context);
  const path = `${CERTIFICATES}/renewals`;
  const send = (body: string, headers: Sent["headers"] = forwarded(HASH)) =>
    call(external, path, { method: "POST", body, headers });
  assert.equal((await send("", {})).text, NO_HEADER);
  assert.equal((await send("", forwarded("ab"))).text, NO_HASH);
  const detail = "Error while unmarshalling request body: unexpected end of JSON input";
  assert.equal((await send("")).text, error(500, detail));
  const stall = makeRequest({ subject: "/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/C=DE/CN=stall" });
  const other = JSON.stringify({ csr: encode(stall.request) });
  assert.equal((await send(other)).text, error(400, "CSR: Invalid common name provided."));
  assert.equal((await send(shopRequest())).status, 201);
  const body = JSON.stringify({ hash: HASH });
  assert.equal((await call(internal, `${CERTIFICATES}/revocations`, { method: "POST", body })).status, 201);
  assert.equal((await send("")).text, error(403, "Certificate has been revoked."));
  const info = await call(external, INFO, { headers: forwarded(HASH) });
  assert.equal(info.text, error(403, "Certificate has been revoked."));
});

test("certificate host - with the list of revocations never read, nothing is renewed", async (context) => {
  const { external } = await connectorScene(context, { withoutRevocations: true });
  const sent = { method: "POST", body: shopRequest(), headers: forwarded(HASH) };
  const expected = error(500, "Failed to read revocation list.");
  assert.equal((await call(external, `${CERTIFICATES}/renewals`, sent)).text, expected);
});

test("certificate host - the certificate revokes itself, whatever the body, and takes effect at once", async (context) => {
  const { external, revocations } = await connectorScene(context);
  const path = `${CERTIFICATES}/revocations`;
  const sent = { method: "POST", body: '{"hash":"of another"}', headers: forwarded(HASH) };
  for (const time of ["first", "second"]) {
    const answer = await call(external, path, sent);
    assert.deepEqual([answer.status, answer.text], [201, ""], time);
    assert.equal(answer.headers["content-type"], "application/json;charset=UTF-8");
  }
  assert.equal(revocations.check(HASH), true);
  assert.equal((await call(external, path, { method: "POST" })).text, NO_HEADER);
  const unknown = await call(external, path, { method: "POST", headers: forwarded("") });
  assert.equal(unknown.text, NO_HASH);
});

test("certificate host - the identity that the ingress hands over counts, and no header beside it", async (context) => {
  const { connector, store } = await connectorScene(context);
  const notAfter = Date.UTC(2030, 0, 1);
  const subject = {
    commonName: "shop",
    organization: "Organization",
    organizationalUnit: "OrgUnit",
    locality: "Waldorf",
    province: "Waldorf",
    country: "DE",
    duplicated: false,
  };
  const server = createServer((request, response) => {
    setClientIdentity(request, { subject, hash: HASH, notAfter });
    connector.certificateHost(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const other = forwarded(HASH, SUBJECT.replace("shop", "stall"));
  const { text, headers } = await call(origin, INFO, { headers: other });
  assert.match(text, /^\{"clientIdentity":\{"application":"shop"\}/);
  assert.equal(Date.parse(String(headers["renew-after"])), notAfter - 30 * 86_400_000);
  await call(origin, `${CERTIFICATES}/revocations`, { method: "POST", headers: other });
  assert.equal(await store.pairing.revoke({ hash: HASH, revokedAt: 0, notAfter: undefined }), false);
  assert.equal((await call(origin, CERTIFICATES, { method: "POST" })).status, 404);
});
