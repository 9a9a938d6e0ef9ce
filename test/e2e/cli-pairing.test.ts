import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { RequestHandler } from "../../src/http/request-handler.ts";
import { connectorScene, type ConnectorScene } from "../doubles/connector.ts";
import { TestIngress } from "../doubles/ingress.ts";
import { openssl } from "../doubles/openssl.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn, startProgram } from "./appconn-process.ts";

interface Installation {
  readonly scene: ConnectorScene;
  readonly ingress: TestIngress;
  /** For the identities of external systems. */
  readonly directory: string;
  /** Runs a command of an administrator, which must succeed. */
  readonly administer: (...words: readonly string[]) => Promise<string>;
}

/** The real connector behind the real ingress, as one process has them. */
async function installation(context: TestContext): Promise<Installation> {
  const stack = new AsyncDisposableStack();
  const { path: directory } = stack.use(new TemporaryDirectory());
  let scene: ConnectorScene | undefined;
  const part =
    (name: "tokenHost" | "certificateHost"): RequestHandler =>
    (request, response) =>
      scene?.connector[name](request, response);
  const nowhere: RequestHandler = (_request, response) => void response.writeHead(503).end();
  const ingress = await TestIngress.start({
    routes: { tokenHost: part("tokenHost"), certificateHost: part("certificateHost"), validator: nowhere },
    revoked: (hash) => scene?.revocations.check(hash),
  });
  context.after(async () => {
    await ingress[Symbol.asyncDispose]();
    await stack.disposeAsync();
  });
  scene = await connectorScene(context, {
    connectorServiceHost: `connector-service.localhost:${ingress.pairingPort}`,
    certificateProtectedHost: `gateway.localhost:${ingress.gatewayPort}`,
  });
  const { authority, internal } = scene;
  ingress.server = { ...ingress.server, crt: ingress.server.crt + ingress.servers.crt };
  const trust = (): void => {
    ingress.bundle = [...authority.bundle];
    ingress.reload();
  };
  trust();
  stack.use(authority.onChanged(trust));
  const kubeconfig = kubeconfigOf(join(directory, "kubeconfig"), internal, ingress.servers.crt);
  const administer = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await appconn([...words, "--kubeconfig", kubeconfig]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  return { scene, ingress, directory, administer };
}

/** As `serve` writes it. */
function kubeconfigOf(path: string, server: string, authority: string): string {
  const cluster = {
    server,
    "certificate-authority-data": Buffer.from(authority).toString("base64"),
    extensions: [{ name: "appconn.dev", extension: { gatewayUrl: "http://localhost:8080" } }],
  };
  const config = {
    clusters: [{ name: "a", cluster }],
    users: [{ name: "a", user: {} }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function external(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await appconn(words);
  assert.equal(code, 0, stderr);
  return stdout;
}

const certificateIn = (out: string): X509Certificate =>
  new X509Certificate(readFileSync(join(out, "client.crt")));
const hashIn = (out: string): string => createHash("sha256").update(certificateIn(out).raw).digest("hex");

interface Listed {
  readonly hash: string;
  readonly revokedAt?: string;
  readonly renewedFrom?: string;
}

test("pairing - a link, an identity, a renewal and a revocation, against the real connector and ingress", async (context) => {
  const { directory, administer } = await installation(context);
  const out = join(directory, "shop-identity");
  const link = await administer("token", "create", "shop");
  const printed = await external("connect", link.trim(), "--out", out, "--key", "ec-p256");
  const client = join(out, "client.crt");
  assert.match(
    openssl("verify", "-CAfile", join(out, "client-ca.crt"), "-purpose", "sslclient", client),
    /: OK/,
  );
  const line = /^ {2}(curl .*)$/m.exec(printed)?.[1] ?? "";
  const curl = async () => (await startProgram(["sh", "-c", `${line} -sS --max-time 20`]).ended).stdout;
  assert.match(await curl(), /"clientIdentity":\{"application":"shop"\}/);
  const first = hashIn(out);
  await external("cert", "renew", out);
  const second = hashIn(out);
  assert.notEqual(second, first);
  const listed = JSON.parse(await administer("cert", "list", "shop")) as { items: Listed[] };
  const renewal = listed.items.find(({ hash }) => hash === second);
  assert.equal(listed.items.length, 2);
  assert.equal(renewal?.renewedFrom, first);
  await external("cert", "revoke", out);
  assert.match(await curl(), /"code":403,"error":"Certificate has been revoked\."/);
  const after = JSON.parse(await administer("cert", "list", "shop")) as { items: Listed[] };
  assert.ok(after.items.find(({ hash }) => hash === second)?.revokedAt !== undefined);
  assert.ok(after.items.find(({ hash }) => hash === first)?.revokedAt === undefined);
});

test("pairing - an administrator revokes by hash, and the external system is told so", async (context) => {
  const { directory, administer } = await installation(context);
  const out = join(directory, "shop-identity");
  await external("connect", (await administer("token", "create", "shop")).trim(), "--out", out);
  assert.equal(certificateIn(out).publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  await administer("cert", "revoke", "--hash", hashIn(out));
  const { code, stderr } = await appconn(["cert", "renew", out]);
  assert.equal(code, 1);
  assert.match(stderr, /answered 403 to GET .*: Certificate has been revoked\./);
});

test("pairing - a link that was used, and a directory that is taken, end with what to do", async (context) => {
  const { directory, administer } = await installation(context);
  const out = join(directory, "shop-identity");
  const link = (await administer("token", "create", "shop")).trim();
  await external("connect", link, "--out", out);
  const again = await appconn(["connect", link, "--out", join(directory, "other")]);
  assert.match(again.stderr, /answered 403 .*: Invalid token\.\nThe link was used already/);
  const second = (await administer("token", "create", "crm")).trim();
  const taken = await appconn(["connect", second, "--out", out]);
  assert.match(taken.stderr, /the identity of shop .* the link was not used/);
  await external("connect", second, "--out", out, "--force");
  assert.match(certificateIn(out).subject, /^CN=crm$/m);
});

test("pairing - the authority is rotated under an identity that renews, and the old one is retired", async (context) => {
  const { directory, administer } = await installation(context);
  const out = join(directory, "shop-identity");
  await external("connect", (await administer("token", "create", "shop")).trim(), "--out", out);
  const table = await administer("ca", "rotate");
  const old = /^([0-9a-f]{12}) .* 1 +still counts$/m.exec(table)?.[1] ?? "";
  const early = await appconn(["cert", "renew", out]);
  assert.equal(early.code, 0, early.stderr);
  await administer("ca", "retire", old, "--force");
  assert.doesNotMatch(await administer("ca", "show", "-o", "table"), new RegExp(old));
  await external("cert", "renew", out);
  const bundle = join(directory, "bundle.pem");
  writeFileSync(bundle, await administer("ca", "show", "-o", "pem"));
  const leaf = join(out, "client.crt");
  assert.match(openssl("verify", "-partial_chain", "-CAfile", bundle, leaf), /: OK/);
});
