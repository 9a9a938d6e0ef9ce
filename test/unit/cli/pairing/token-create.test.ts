import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { parsePairingLink } from "../../../../src/cli/pairing/pairing-link.ts";
import { P256 } from "../../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../../doubles/client-authorities.ts";
import { InternalApi } from "../../../doubles/internal-api.ts";

const TOKEN = `${"q".repeat(86)}==`;
const URL_TEXT = `https://connector-service.localhost:8444/v1/applications/signingRequests/info?token=${TOKEN}`;
const APPLICATION = "GET /apis/applicationconnector.kyma-project.io/v1alpha1/applications/shop";

const authority = makeAuthority({ key: P256, subject: "/CN=server CA" }).certificate;
const hash = createHash("sha256").update(new X509Certificate(authority).raw).digest("hex");
let api: InternalApi;

before(async () => {
  api = await InternalApi.start();
});
beforeEach(() => {
  api.requests.length = 0;
  api.answers.clear();
  api.answers.set(APPLICATION, { body: {} });
  answer();
  api.writeKubeconfig({ authority });
});
after(async () => {
  await api[Symbol.asyncDispose]();
});

function answer(headers: Readonly<Record<string, string>> = {}): void {
  const expires = new Date(Date.now() + 299_000).toUTCString();
  api.answers.set("POST /v1/applications/tokens", {
    status: 201,
    headers: { "Token-Expires": expires, ...headers },
    body: { url: URL_TEXT, token: TOKEN },
  });
}

test("token create - the link alone on standard output, its end and what to do on standard error", async () => {
  const { code, stdout, stderr } = await api.run(["token", "create", "shop"]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, `${URL_TEXT}#ca-sha256=${hash}\n`);
  assert.match(stderr, /works once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC \(5 minutes\)/);
  assert.match(stderr, /appconn connect '<link>' --out \.\/shop-identity/);
  assert.ok(!stderr.includes(TOKEN));
  const [request] = api.requests;
  assert.equal(request?.headers["application"], "shop");
  assert.equal(request.headers["authorization"], "Bearer admin-token");
  assert.equal(parsePairingLink(stdout).authorityHash, hash);
});

test("token create - for programs: everything as JSON or YAML, or the link with nothing around it", async () => {
  const { stdout } = await api.run(["token", "create", "shop", "-o", "json"]);
  const made = JSON.parse(stdout) as Record<string, string>;
  assert.ok(!Number.isNaN(Date.parse(made["expiresAt"] ?? "")));
  delete made["expiresAt"];
  assert.deepEqual(made, {
    application: "shop",
    link: `${URL_TEXT}#ca-sha256=${hash}`,
    url: URL_TEXT,
    token: TOKEN,
    authoritySha256: hash,
  });
  assert.match((await api.run(["token", "create", "shop", "-o", "yaml"])).stdout, /^application: shop\n/);
  const link = await api.run(["token", "create", "shop", "-o", "link"]);
  assert.deepEqual([link.stdout, link.stderr], [`${URL_TEXT}#ca-sha256=${hash}\n`, ""]);
});

test("token create - which authority the link names: the server's word counts, a cluster's does not", async () => {
  const fragment = async () => {
    const { stdout } = await api.run(["token", "create", "shop", "-o", "link"]);
    return stdout.trim().slice(URL_TEXT.length);
  };
  answer({ "Server-Authority-Sha256": "ab".repeat(32) });
  assert.equal(await fragment(), `#ca-sha256=${"ab".repeat(32)}`);
  answer({ "Server-Authority-Sha256": "system" });
  assert.equal(await fragment(), "");
  answer();
  api.writeKubeconfig({ authority, isOurs: false });
  assert.equal(await fragment(), "");
  api.writeKubeconfig({ authority: authority + authority });
  assert.equal(await fragment(), "");
  api.writeKubeconfig({});
  assert.equal(await fragment(), "");
});

test("token create - tenant and group for the central mode", async () => {
  await api.run(["token", "create", "shop", "--tenant", "acme", "--group", "eu"]);
  const { tenant, group } = api.requests[0]?.headers ?? {};
  assert.deepEqual({ tenant, group }, { tenant: "acme", group: "eu" });
});

test("token create - a name that no Application has is warned of, and the link is made", async () => {
  api.answers.delete(APPLICATION);
  const { code, stdout, stderr } = await api.run(["token", "create", "shop"]);
  assert.equal(code, 0);
  assert.match(stdout, /^https:/);
  assert.match(stderr, /warning: there is no Application "shop" yet/);
});

test("token create - a refusal is told in the server's words, and no link is printed", async () => {
  const path = "POST /v1/applications/tokens";
  const error = "The name of the Application cannot stand in a certificate: it is too long.";
  for (const [body, text] of [
    [{ code: 400, error }, /^Error from server: The name of the Application cannot stand in a certificate/],
    [undefined, /^Error from server: the server answered with status 400/],
  ] as const) {
    api.answers.set(path, { status: 400, body });
    const { code, stdout, stderr } = await api.run(["token", "create", "shop"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, text);
  }
  api.answers.set(path, { status: 201, body: {} });
  assert.match((await api.run(["token", "create", "shop"])).stderr, /made no pairing link/);
});
