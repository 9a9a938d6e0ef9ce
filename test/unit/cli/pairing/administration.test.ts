import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { InternalApi } from "../../../doubles/internal-api.ts";

const DAY = 86_400_000;
const DISCOVERY = "/apis/applicationconnector.kyma-project.io/v1alpha1";

const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const hashOf = (digit: string): string => digit.repeat(64);

function certificate(digit: string, change: object = {}): object {
  return {
    hash: hashOf(digit),
    serial: `01${digit}`,
    application: "shop",
    issuedAt: "2026-11-01T10:00:00.000Z",
    notBefore: inDays(-10),
    notAfter: inDays(80),
    requestedFrom: "192.0.2.1",
    ...change,
  };
}

let api: InternalApi;

before(async () => {
  api = await InternalApi.start();
});
beforeEach(() => {
  api.requests.length = 0;
  api.answers.clear();
  const applications = { name: "applications", kind: "Application", verbs: ["list"] };
  const groupVersion = DISCOVERY.slice("/apis/".length);
  api.answers.set("GET /apis", {
    body: { groups: [{ preferredVersion: { groupVersion } }] },
  });
  api.answers.set("GET /api/v1", { body: { resources: [] } });
  api.answers.set(`GET ${DISCOVERY}`, { body: { resources: [applications] } });
  api.answers.set(`GET ${DISCOVERY}/applications?limit=500`, {
    body: { items: [{ metadata: { name: "shop" } }, { metadata: { name: "crm" } }], metadata: {} },
  });
});
after(async () => {
  await api[Symbol.asyncDispose]();
});

function issued(name: string, ...pages: readonly (readonly object[])[]): void {
  const path = `GET /v1/applications/${name}/certificates?limit=1000`;
  for (const [index, items] of pages.entries()) {
    const next = index + 1 < pages.length ? { continue: `p${index + 1}` } : {};
    api.answers.set(index === 0 ? path : `${path}&continue=p${index}`, { body: { items, ...next } });
  }
}

const terminal = { isTTY: true };

test("cert list - a table for people, with what each certificate is worth", async () => {
  issued(
    "shop",
    [certificate("a", { notAfter: inDays(-1) }), certificate("b", { notAfter: inDays(1) })],
    [certificate("c", { revokedAt: "2026-11-20T11:12:13.000Z" }), certificate("d")],
  );
  const { code, stdout, stderr } = await api.run(["cert", "list", "shop"], terminal);
  assert.equal(code, 0, stderr);
  const lines = stdout.split("\n");
  assert.match(lines[0] ?? "", /^SERIAL +HASH +ISSUED +EXPIRES +STATUS$/);
  assert.match(
    lines[1] ?? "",
    /^01a +aaaaaaaaaaaa +2026-11-01 10:00 UTC +\d{4}-\d\d-\d\d \d\d:\d\d UTC +expired$/,
  );
  assert.match(lines[2] ?? "", / ends soon$/);
  assert.match(lines[3] ?? "", / revoked 2026-11-20 11:12 UTC$/);
  assert.match(lines[4] ?? "", / valid$/);
  assert.equal(lines.length, 6);
});

test("cert list - colours on a terminal leave the columns where they are", async () => {
  issued("shop", [certificate("a", { notAfter: inDays(-1) }), certificate("b")]);
  const plain = await api.run(["cert", "list", "shop"], terminal);
  const coloured = await api.run(["cert", "list", "shop"], { ...terminal, environment: { NO_COLOR: "" } });
  assert.ok(coloured.stdout.includes("\u001B[32mvalid"));
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  assert.equal(coloured.stdout.replace(/\u001B\[\d+m/g, "").replace(/ +$/gm, ""), plain.stdout);
});

test("cert list - JSON for the program behind a pipe, hashes alone, whole hashes", async () => {
  issued("shop", [certificate("a"), certificate("b")]);
  const { items } = JSON.parse((await api.run(["cert", "list", "shop"])).stdout) as { items: unknown[] };
  assert.equal(items.length, 2);
  const names = await api.run(["cert", "list", "shop", "-o", "name"]);
  assert.equal(names.stdout, `${hashOf("a")}\n${hashOf("b")}\n`);
  const wide = await api.run(["cert", "list", "shop", "-o", "wide", "--no-headers"]);
  assert.ok(wide.stdout.includes(hashOf("a")) && wide.stdout.includes("192.0.2.1"));
  assert.doesNotMatch(wide.stdout, /SERIAL/);
  assert.match((await api.run(["cert", "list", "shop", "-o", "yaml"])).stdout, /^items:\n {2}- hash: /);
});

test("cert list - --all goes through every Application, and none is said so", async () => {
  issued("shop", [certificate("a")]);
  issued("crm", [certificate("b", { application: "crm" })]);
  const { code, stdout, stderr } = await api.run(["cert", "list", "--all"], terminal);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^APPLICATION +SERIAL/);
  assert.match(stdout, /\nshop +01a [^]*\ncrm +01b /);
  issued("shop", []);
  assert.equal((await api.run(["cert", "list", "shop"], terminal)).stderr, "No certificates found\n");
});

test("cert list - nothing that a server says moves the cursor", async () => {
  issued("shop", [certificate("a", { serial: "\u001B[2J", hash: "a\u001B[2J" })]);
  for (const format of ["table", "wide", "name"]) {
    // eslint-disable-next-line no-await-in-loop -- three
    const { stdout } = await api.run(["cert", "list", "shop", "-o", format]);
    assert.ok(!stdout.includes("\u001B"));
  }
});

test("cert list - an Application or --all", async () => {
  assert.equal((await api.run(["cert", "list"])).code, 2);
  assert.equal((await api.run(["cert", "list", "shop", "--all"])).code, 2);
});

test("cert revoke - by hash, as openssl shows it, after asking", async () => {
  const path = "POST /v1/applications/certificates/revocations";
  api.answers.set(path, { status: 201 });
  const colons = hashOf("A").replace(/..(?=.)/g, "$&:");
  const refused = await api.run(["cert", "revoke", "--hash", colons], { ...terminal, input: "n\n" });
  assert.equal(refused.code, 1);
  assert.equal(api.requests.length, 0);
  const { code, stdout } = await api.run(["cert", "revoke", "--hash", ` ${colons}`, "--yes"], terminal);
  assert.equal(code, 0);
  assert.equal(stdout, `revoked ${hashOf("a")}\n`);
  assert.deepEqual(
    api.requests.map(({ line, body }) => [line, body]),
    [[path, JSON.stringify({ hash: hashOf("a") })]],
  );
});

test("cert revoke - the first digits are enough where they mean one certificate", async () => {
  api.answers.set("POST /v1/applications/certificates/revocations", { status: 201 });
  issued("shop", [certificate("a"), certificate("b", { hash: "b".repeat(20) + "1".repeat(44) })]);
  issued("crm", [certificate("b")]);
  assert.equal(
    (await api.run(["cert", "revoke", "--hash", "aaaaaaaaaaaa"])).stdout,
    `revoked ${hashOf("a")}\n`,
  );
  const several = await api.run(["cert", "revoke", "--hash", "bbbbbbbbbbbb"]);
  assert.equal(several.code, 1);
  assert.match(several.stderr, /2 certificates have a hash that begins with/);
  const none = await api.run(["cert", "revoke", "--hash", "cccccccccccc"]);
  assert.match(none.stderr, /no certificate .* give all 64 digits/);
});

const authority = (digit: string, live: number, above?: string) => ({
  ...(above !== undefined && { issuedBy: hashOf(above) }),
  name: `CN=client CA ${digit}`,
  hash: hashOf(digit),
  notBefore: inDays(-1),
  notAfter: "2036-01-02T03:04:05.000Z",
  liveCertificates: live,
});
const state = (...trusted: readonly object[]) => ({ issuer: authority("e", 0), trusted, bundle: "PEM\n" });

test("ca show - who signs, who counts, and how many certificates rest on each", async () => {
  api.answers.set("GET /v1/ca", { body: state(authority("e", 3), authority("f", 7)) });
  const { stdout } = await api.run(["ca", "show"], terminal);
  assert.match(stdout, /^HASH +NAME +EXPIRES +CERTIFICATES +STATUS\n/);
  assert.match(stdout, /eeeeeeeeeeee +CN=client CA e +2036-01-02 03:04 UTC +3 +signs\n/);
  assert.match(stdout, /ffffffffffff +CN=client CA f +2036-01-02 03:04 UTC +7 +still counts\n/);
  assert.equal((await api.run(["ca", "show", "-o", "pem"])).stdout, "PEM\n");
  assert.equal((JSON.parse((await api.run(["ca", "show"])).stdout) as { bundle: string }).bundle, "PEM\n");
  api.answers.set("GET /v1/ca", { body: {} });
  assert.match((await api.run(["ca", "show"])).stderr, /told nothing of an authority/);
});

test("ca rotate - shows what counts now, and how to go on; a compromised one is asked for", async () => {
  const body = state(authority("e", 0), authority("f", 7));
  api.answers.set("POST /v1/ca/rotations", { status: 201, body });
  const { code, stdout, stderr } = await api.run(["ca", "rotate"]);
  assert.equal(code, 0);
  assert.match(stdout, /signs/);
  assert.equal(stderr, "when its certificates are renewed: appconn ca retire ffffffffffff\n");
  const refused = await api.run(["ca", "rotate", "--compromised"], { ...terminal, input: "\n" });
  assert.match(refused.stderr, /every external system must pair again.*nothing was rotated/s);
  api.answers.set("POST /v1/ca/rotations?compromised=true", { status: 201, body: state(authority("e", 0)) });
  assert.equal((await api.run(["ca", "rotate", "--compromised", "--yes"], terminal)).code, 0);
});

test("ca - a root is told apart from the issuer below it, and only what can be retired is advised", async () => {
  const chains = [authority("e", 0, "c"), authority("c", 0), authority("f", 7, "d"), authority("d", 7)];
  api.answers.set("POST /v1/ca/rotations", { status: 201, body: state(...chains) });
  const { stdout, stderr } = await api.run(["ca", "rotate"]);
  assert.match(stdout, /^cccccccccccc .* above it$/m);
  assert.match(stdout, /^dddddddddddd .* still counts$/m);
  assert.equal(stderr, "when its certificates are renewed: appconn ca retire ffffffffffff\n");
  api.answers.set("GET /v1/ca", { body: state(...chains) });
  const above = await api.run(["ca", "retire", "cccccccccccc"]);
  assert.match(
    above.stderr,
    /client CA c stands above the one that signs now: run `appconn ca rotate` first/,
  );
  assert.equal(above.code, 1);
});

test("ca retire - not the one that signs, and not while certificates rest on it", async () => {
  api.answers.set("GET /v1/ca", { body: state(authority("e", 3), authority("f", 7)) });
  api.answers.set("POST /v1/ca/retirements", { status: 201 });
  for (const [hash, text] of [
    ["eeeeeeeeeeee", /signs now: run `appconn ca rotate` first/],
    ["ffffffffffff", /7 certificates that count rest on CN=client CA f/],
    ["aaaaaaaaaaaa", /no authority that counts has the hash/],
  ] as const) {
    // eslint-disable-next-line no-await-in-loop -- three
    const { code, stderr } = await api.run(["ca", "retire", hash]);
    assert.equal(code, 1);
    assert.match(stderr, text);
  }
  assert.ok(!api.requests.some(({ line }) => line.startsWith("POST")));
  const { stdout } = await api.run(["ca", "retire", "ffffffffffff", "--force"]);
  assert.equal(stdout, `retired CN=client CA f: ${hashOf("f")}\n`);
  assert.equal(api.requests.at(-1)?.body, JSON.stringify({ hash: hashOf("f") }));
});

test("commands within commands - help, unknown words and exit codes are as everywhere", async () => {
  const help = await api.run(["help", "cert", "renew"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /^Usage: appconn cert renew /);
  const unknown = await api.run(["cert", "renw"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /unknown command 'renw'/);
  assert.match((await api.run(["cert", "renew"])).stderr, /\(appconn cert renew --help tells more\)/);
  assert.equal((await api.run(["token", "create"])).code, 2);
});
