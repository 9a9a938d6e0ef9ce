import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/core/failures.ts";
import { pkiFailures } from "../../../src/pki/failures.ts";
import { encode, derOf, makeRequest, SUBJECT } from "../../doubles/certificate-requests.ts";
import { connectRaw } from "../../doubles/raw-client.ts";
import {
  call,
  CERTIFICATES,
  connectorScene,
  newToken,
  shopRequest,
  textsIn,
  type ConnectorScene,
} from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

const error = (code: number, text: string) => `${JSON.stringify({ code, error: text })}\n`;
const INFO = "/v1/applications/signingRequests/info";

/** Sends a body with a token; the answer as `status text`. */
async function sign({ external }: ConnectorScene, token: string, body: string): Promise<string> {
  const answer = await call(external, `${CERTIFICATES}?token=${token}`, { method: "POST", body });
  assert.equal(answer.headers["content-type"], "application/json;charset=UTF-8");
  return answer.text;
}

const csr = (text: string | Uint8Array) => JSON.stringify({ csr: encode(text) });
const withSubject = (subject: string) => csr(makeRequest({ subject }).request);
const replaced = (was: string, is: string) => withSubject(SUBJECT.replace(was, is));

test("token host - each row of the table has its status and text, and none of them uses the token up", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const unreadable = (detail: string) => error(500, `Error while unmarshalling request body: ${detail}`);
  const base64 = error(
    400,
    "There was an error while parsing the base64 content. An incorrect value was provided.",
  );
  const noBlock = error(400, "Error while decoding pem block.");
  const { request } = makeRequest();
  const rows: readonly (readonly [body: string, expected: string])[] = [
    ["", unreadable("unexpected end of JSON input")],
    ['{"csr":"', unreadable("unexpected end of JSON input")],
    ["no json", unreadable("invalid character")],
    ['{"csr":5}', unreadable("json: cannot unmarshal number into field csr of type string")],
    ["[]", unreadable("json: cannot unmarshal array into an object")],
    ['{"csr":"not base64!"}', base64],
    [JSON.stringify({ csr: encode(request).replace(/=*$/, "") + "===" }), base64],
    [JSON.stringify({ csr: ` ${encode(request)}` }), base64],
    [JSON.stringify({ csr: Buffer.from("\u00fb\u00ff??>>", "latin1").toString("base64url") }), base64],
    ["{}", noBlock],
    ["null", noBlock],
    ['{"csr":null}', noBlock],
    ['{"csr":""}', noBlock],
    [csr(derOf(request)), noBlock],
    [withSubject(SUBJECT.replace("CN=shop", "CN=stall")), error(400, "CSR: Invalid common name provided.")],
    [replaced("/CN=shop", ""), error(400, "CSR: Invalid common name provided.")],
    [replaced("/C=DE", ""), error(400, "CSR: No country provided.")],
    [replaced("/C=DE", "/C=PL"), error(400, "CSR: Invalid country provided.")],
    [replaced("/O=Organization", ""), error(400, "CSR: No organization provided.")],
    [replaced("/O=Organization", "/O=Other"), error(400, "CSR: Invalid organization provided.")],
    [replaced("/OU=OrgUnit", ""), error(400, "CSR: No organizational unit provided.")],
    [replaced("/OU=OrgUnit", "/OU=Other"), error(400, "CSR: Invalid organizational unit provided.")],
    [replaced("/L=Waldorf", ""), error(400, "CSR: No locality provided.")],
    [replaced("/L=Waldorf", "/L=Other"), error(400, "CSR: Invalid locality provided.")],
    [replaced("/ST=Waldorf", ""), error(400, "CSR: No province provided.")],
    [replaced("/ST=Waldorf", "/ST=Other"), error(400, "CSR: Invalid province provided.")],
    [
      replaced("/OU=OrgUnit", "/OU=OrgUnit/OU=Other"),
      error(400, "CSR: Invalid organizational unit provided."),
    ],
    [
      csr(makeRequest({ key: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] }).request),
      error(400, "CSR: Invalid key provided."),
    ],
    [
      csr(makeRequest({ more: ["-sha1"] }).request),
      error(400, "CSR signature invalid: insecure algorithm SHA-1"),
    ],
  ];
  for (const [body, expected] of rows)
    assert.equal(await sign(scene, token, body), expected, body.slice(0, 60));
  const broken = csr("-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n");
  assert.match(await sign(scene, token, broken), /^\{"code":400,"error":"Error while parsing CSR: /);
  assert.match(await sign(scene, token, shopRequest()), /^\{"crt":"[A-Za-z0-9+/=]+","clientCrt":/);
  assert.equal(await sign(scene, token, shopRequest()), error(403, "Invalid token."));
});

test("token host - PEM with text before it, another label, and member names in any case are taken", async (context) => {
  const scene = await connectorScene(context);
  const { request } = makeRequest();
  const labelled = `some text\n${request.replaceAll("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")}`;
  const broken = encode(labelled).replace(/.{64}/g, "$&\r\n");
  const body = JSON.stringify({ CSR: broken, more: { csr: 1 } });
  assert.match(await sign(scene, await newToken(scene), body), /"clientCrt"/);
});

test("token host - a body that is no JSON is the caller's fault where that is asked for", async (context) => {
  const scene = await connectorScene(context, { strictErrors: true });
  const expected = error(400, "Error while unmarshalling request body: unexpected end of JSON input");
  assert.equal(await sign(scene, await newToken(scene), ""), expected);
});

test("token host - a missing, empty or wrong token is refused before the body is looked at", async (context) => {
  const { external } = await connectorScene(context);
  const missing = error(403, "Token not provided.");
  const wrong = error(403, "Invalid token.");
  for (const [path, expected] of [
    [INFO, missing],
    [`${INFO}?token=`, missing],
    [`${INFO}?Token=abc`, missing],
    [`${INFO}?token=abc`, wrong],
    [`${INFO}?token=${"a".repeat(5000)}`, wrong],
  ] as const) {
    const answer = await call(external, path);
    assert.deepEqual([answer.status, answer.text], [403, expected], path.slice(0, 60));
  }
  const body = "x".repeat(200_000);
  for (const [path, expected] of [
    [CERTIFICATES, missing],
    [`${CERTIFICATES}?token=abc`, wrong],
  ] as const) {
    assert.equal((await call(external, path, { method: "POST", body })).text, expected);
  }
});

test("token host - more than 64 KiB are refused with 413, and the token and the connection stay good", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const large = JSON.stringify({ csr: "A".repeat(64 * 1024) });
  const expected = error(413, "Request body is larger than 64 KiB.");
  assert.equal(await sign(scene, token, large), expected);
  assert.equal(await sign(scene, token, "A".repeat(10_000_000)), expected);
  await using client = await connectRaw(Number(new URL(scene.external).port));
  await client.request("POST", `${CERTIFICATES}?token=${token}`, {
    headers: ["Transfer-Encoding: chunked"],
    body: `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
  });
  const answer = await client.response();
  assert.equal(String(await answer.body), expected);
  await client.request("POST", `${CERTIFICATES}?token=${token}`, { body: shopRequest() });
  assert.match(String(await (await client.response()).body), /"clientCrt"/);
});

test("token host - a body that does not come is not waited for, and the token stays good", async (context) => {
  const clock = new FakeClock();
  // However far the clock is moved until the answer comes.
  const scene = await connectorScene(context, { clock, appTokenLifetime: 365 * 86_400_000 });
  const token = await newToken(scene);
  await using client = await connectRaw(Number(new URL(scene.external).port));
  await client.request("POST", `${CERTIFICATES}?token=${token}`, { headers: ["Content-Length: 100"] });
  const answer = client.response();
  const state = { isDone: false };
  void answer.finally(() => (state.isDone = true));
  while (!state.isDone) await clock.advance(1000);
  assert.equal(String(await (await answer).body), error(408, "Request body did not arrive in time."));
  assert.match(await sign(scene, token, shopRequest()), /"clientCrt"/);
});

test("token host - a client that leaves within its body gives the token back", async (context) => {
  const scene = await connectorScene(context);
  const token = await newToken(scene);
  const client = await connectRaw(Number(new URL(scene.external).port));
  await client.request("POST", `${CERTIFICATES}?token=${token}`, { headers: ["Content-Length: 100"] });
  await client.send("{");
  client.reset();
  await client.closed;
  // Long before a claim would lapse by itself.
  await eventually(async () => assert.match(await sign(scene, token, shopRequest()), /"clientCrt"/), {
    timeout: 20_000,
  });
});

test("token host - an authority that cannot sign gets row 14, what it throws besides is not told", async (context) => {
  const reasons = { kind: "ended" };
  const scene = await connectorScene(context, {
    authority: (authority) =>
      new Proxy(authority, {
        get: (target, name) => {
          if (name === "sign") {
            if (reasons.kind === "surprise") return () => Promise.reject(new Error("secret-of-the-library"));
            const values = ["CN=CA", "2026-01-01"];
            const ended = new Failure("PKI_AUTHORITY_ENDED", pkiFailures.PKI_AUTHORITY_ENDED, values);
            return () => Promise.reject(ended);
          }
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      }),
  });
  const token = await newToken(scene);
  const text =
    "Error while creating certificate: the authority of client certificates (CN=CA) ended on 2026-01-01";
  assert.equal(await sign(scene, token, shopRequest()), error(500, text));
  reasons.kind = "surprise";
  assert.equal(await sign(scene, token, shopRequest()), error(500, "Internal error."));
});

test("token host - the URLs follow the settings, and without a base the gateway's are empty", async (context) => {
  const scene = await connectorScene(context, {
    gatewayBaseURL: "",
    connectorServiceHost: "pair.example.com",
    certificateProtectedHost: "mtls.example.com:8443",
    appsInfoURL: "https://elsewhere.example.com/info",
  });
  const { text } = await call(scene.external, `${INFO}?token=${await newToken(scene)}`);
  const { api, csrUrl } = JSON.parse(text) as { api: object; csrUrl: string };
  assert.match(
    csrUrl,
    /^https:\/\/pair\.example\.com\/v1\/applications\/certificates\?token=[A-Za-z0-9_-]{86}==$/,
  );
  assert.deepEqual(api, {
    eventsInfoUrl: "",
    eventsUrl: "",
    metadataUrl: "",
    infoUrl: "https://elsewhere.example.com/info",
    certificatesUrl: "https://pair.example.com/v1/applications/certificates",
  });
});

test("token host - a runtime gets a certificate of its tenant and group, and no URLs of the gateway", async (context) => {
  const scene = await connectorScene(context, { central: true });
  const headers = { Tenant: "t-1", Group: "g 2" };
  const made = await call(scene.internal, "/v1/runtimes/tokens", { method: "POST", headers });
  const { token = "" } = textsIn(made.text);
  const { text } = await call(scene.external, `/v1/runtimes/signingRequests/info?token=${token}`);
  const info = JSON.parse(text) as { csrUrl: string; api: object; certificate: { subject: string } };
  assert.deepEqual(Object.keys(info.api), ["infoUrl", "certificatesUrl"]);
  assert.equal(info.certificate.subject, "O=t-1,OU=g 2,L=Waldorf,ST=Waldorf,C=DE,CN=*Runtime*");
  const { request } = makeRequest({ subject: "/O=t-1/OU=g 2/L=Waldorf/ST=Waldorf/C=DE/CN=*Runtime*" });
  const { pathname, search } = new URL(info.csrUrl);
  const issued = await call(scene.external, pathname + search, { method: "POST", body: csr(request) });
  assert.equal(issued.status, 201);
  const { text: list } = await call(scene.internal, "/v1/runtimes/certificates");
  assert.match(list, /^\{"items":\[\{"hash":"[0-9a-f]{64}".*"application":"","tenant":"t-1","group":"g 2",/);
});
