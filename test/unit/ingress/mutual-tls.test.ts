import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { connect, type ConnectionOptions } from "node:tls";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { TestIngress } from "../../doubles/ingress.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const HOUR = 3_600_000;
const REQUEST = "GET /shop/v1/events HTTP/1.1\r\nHost: gateway.localhost\r\nConnection: close\r\n\r\n";

let ingress: TestIngress;
let shop: KeyPair;
const directory = new TemporaryDirectory();

before(async () => {
  ingress = await TestIngress.start();
  shop = await ingress.clients.client("shop");
  for (const [name, text] of Object.entries({
    "client.crt": shop.crt,
    "client.key": shop.key,
    "server-ca.crt": ingress.servers.crt,
  })) {
    writeFileSync(join(directory.path, name), text);
  }
});
after(async () => {
  await ingress[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});
beforeEach(() => {
  ingress.refusedHandshakes.length = 0;
  ingress.finished.length = 0;
});

const file = (name: string): string => join(directory.path, name);

/** What comes back for a request, or the error with which the connection ended. */
async function exchange(identity: KeyPair | undefined, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect(ingress.connectOptions(identity, options));
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (text += `[${error.code}]`));
  socket.on("secureConnect", () => socket.write(REQUEST));
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** A real program; its output, also where it fails. */
function run(program: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { timeout: 20_000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.on("error", () => {}).end(input);
  });
}

const sClient = (args: readonly string[], input = ""): Promise<string> =>
  run(
    "openssl",
    [
      "s_client",
      "-connect",
      `127.0.0.1:${ingress.gatewayPort}`,
      "-servername",
      "gateway.localhost",
      "-CAfile",
      file("server-ca.crt"),
      ...args,
    ],
    input,
  );
const OWN = () => ["-cert", file("client.crt"), "-key", file("client.key")];

const refusedFor = (reason: string): Promise<void> =>
  eventually(() => {
    const found = ingress.refusedHandshakes.map((refused) => [
      refused.listener,
      refused.reason,
      refused.peer,
    ]);
    assert.deepEqual(found, [["gateway", reason, "127.0.0.1"]]);
  });

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  const tls = { minVersion: version, maxVersion: version } as const;

  test(`mutual tls - ${version}: a certificate of ours lets in`, async () => {
    assert.match(await exchange(shop, tls), /^HTTP\/1\.1 200 /);
  });

  test(`mutual tls - ${version}: no certificate ends the handshake`, async () => {
    const text = await exchange(undefined, tls);
    assert.match(text, version === "TLSv1.3" ? /CERTIFICATE_REQUIRED/ : /HANDSHAKE_FAILURE/);
    await refusedFor("certificate-missing");
  });

  test(`mutual tls - ${version}: a certificate of another authority of the same name ends the handshake`, async () => {
    const other = await TestAuthority.create("Client CA");
    assert.doesNotMatch(await exchange(await other.client("shop"), tls), /HTTP/);
    await eventually(() =>
      assert.equal(ingress.refusedHandshakes[0]?.reason.startsWith("certificate-"), true),
    );
  });

  test(`mutual tls - ${version}: a certificate signed by nobody we know ends the handshake`, async () => {
    const other = await TestAuthority.create("Other CA");
    assert.doesNotMatch(await exchange(await other.client("shop"), tls), /HTTP/);
    await refusedFor("certificate-untrusted");
  });

  test(`mutual tls - ${version}: an expired certificate ends the handshake`, async () => {
    const dates = { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) };
    const expired = await ingress.clients.certificate({ subject: "CN=shop", ...dates });
    assert.doesNotMatch(await exchange(expired, tls), /HTTP/);
    await refusedFor("certificate-expired");
  });

  test(`mutual tls - ${version}: a certificate that is not valid yet ends the handshake`, async () => {
    const early = await ingress.clients.certificate({
      subject: "CN=shop",
      notBefore: new Date(Date.now() + HOUR),
    });
    assert.doesNotMatch(await exchange(early, tls), /HTTP/);
    await refusedFor("certificate-not-yet-valid");
  });

  test(`mutual tls - ${version}: a server's certificate ends the handshake`, async () => {
    const server = await ingress.clients.certificate({ subject: "CN=shop", usages: ["1.3.6.1.5.5.7.3.1"] });
    assert.doesNotMatch(await exchange(server, tls), /HTTP/);
    await refusedFor("certificate-purpose");
  });

  test(`mutual tls - ${version}: a client's certificate as issuer of another ends the handshake`, async () => {
    // Signed by nobody in the bundle: the leaf of a leaf.
    const fake = await TestAuthority.create("shop");
    const leaf = await fake.client("victim");
    const identity = { crt: leaf.crt + fake.crt, key: leaf.key };
    assert.doesNotMatch(await exchange(identity, tls), /HTTP/);
    await refusedFor("certificate-untrusted");
  });

  test(`mutual tls - ${version}: no session is resumed, whatever the client keeps`, async () => {
    const session = await sessionOf(shop, tls);
    assert.ok(session);
    // With and without the certificate that the session was begun with.
    for (const identity of [shop, undefined]) {
      const socket = connect(ingress.connectOptions(identity, { ...tls, session }));
      let text = "";
      let reused = false;
      socket.on("secureConnect", () => {
        reused = socket.isSessionReused();
        socket.write(REQUEST);
      });
      socket.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => {});
      await new Promise((resolve) => socket.once("close", resolve));
      assert.equal(reused, false);
      assert.equal(text.startsWith("HTTP/1.1 200"), identity !== undefined, text);
    }
  });
}

/** What the server gave for a later connection: OpenSSL hands out TLS 1.3 tickets that it keeps nothing for. */
async function sessionOf(identity: KeyPair, options: ConnectionOptions): Promise<Buffer | undefined> {
  const socket = connect(ingress.connectOptions(identity, options));
  let session: Buffer | undefined;
  socket.on("session", (given: Buffer) => (session = given));
  await once(socket, "secureConnect");
  socket.write(REQUEST);
  socket.resume();
  await once(socket, "close");
  return session ?? socket.getSession();
}

test("mutual tls - a certificate without any extended key usage is refused in HTTP", async () => {
  const plain = await ingress.clients.certificate({ subject: "CN=shop", usages: [] });
  const answer = await ingress.call("/shop/v1/events", { identity: plain });
  assert.equal(answer.status, 403);
  assert.equal(answer.body, '{"code":403,"error":"Certificate is not meant for TLS clients."}\n');
  assert.equal(answer.headers.connection, "close");
});

test("mutual tls - only HTTP/1.1 is spoken", async () => {
  const socket = await ingress.connect(shop, { ALPNProtocols: ["h2", "http/1.1"] });
  assert.equal(socket.alpnProtocol, "http/1.1");
  socket.resume().end(REQUEST);
  await once(socket, "close");
  assert.doesNotMatch(await exchange(shop, { ALPNProtocols: ["h2"] }), /HTTP/);
  await refusedFor("no-common-application-protocol");
});

test("mutual tls - openssl: versions below TLS 1.2 are refused", async () => {
  for (const version of ["-tls1", "-tls1_1"]) {
    ingress.refusedHandshakes.length = 0;
    const output = await sClient([version, "-cipher", "ALL:@SECLEVEL=0", ...OWN()]);
    assert.match(output, /alert protocol version|unsupported protocol/, output);
    await refusedFor("protocol-version");
  }
});

test("mutual tls - openssl: renegotiation is refused", async () => {
  const output = await sClient(["-tls1_2", ...OWN()], "R\n");
  assert.match(output, /RENEGOTIATING/);
  assert.match(output, /no renegotiation/i, output);
  assert.equal(ingress.finished.length, 0);
});

test("mutual tls - openssl: neither version hands out a session that can be resumed", async () => {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    const session = file(`session${version}.pem`);
    await sClient([version, ...OWN(), "-sess_out", session], REQUEST);
    const output = await sClient([version, ...OWN(), "-sess_in", session, "-ign_eof"], REQUEST);
    assert.doesNotMatch(output, /^Reused/m, output);
  }
});

test("mutual tls - curl comes in with its certificate, and not without", async () => {
  const url = `https://gateway.localhost:${ingress.gatewayPort}/v1/applications/management/info`;
  const common = [
    "-sS",
    "--cacert",
    file("server-ca.crt"),
    "--resolve",
    `gateway.localhost:${ingress.gatewayPort}:127.0.0.1`,
  ];
  const own = ["--cert", file("client.crt"), "--key", file("client.key")];
  assert.match(await run("curl", [...common, ...own, url]), /"component":"certificate"/);
  assert.match(await run("curl", [...common, url]), /^curl: \(\d+\) .*(certificate required|alert|reset)/i);
  const forged = [
    "-H",
    'X-Forwarded-Client-Cert: Hash=a;Subject="CN=victim"',
    "-H",
    "Connection: x-forwarded-client-cert",
  ];
  const answer = await run("curl", [...common, ...own, ...forged, url]);
  assert.match(answer, /CN=shop/);
  assert.doesNotMatch(answer, /victim/);
});

test("mutual tls - a client that does not accept our certificate is told from others", async () => {
  const url = `https://gateway.localhost:${ingress.gatewayPort}/v1/health`;
  const resolve = ["--resolve", `gateway.localhost:${ingress.gatewayPort}:127.0.0.1`];
  assert.match(await run("curl", ["-sS", "--cacert", file("client.crt"), ...resolve, url]), /^curl: \(60\)/);
  await refusedFor("client-refused");
});

test("mutual tls - the pairing host asks for no certificate, and needs TLS 1.2 too", async () => {
  const asked = connect({
    port: ingress.pairingPort,
    host: "127.0.0.1",
    servername: "connector-service.localhost",
    ca: ingress.servers.crt,
  });
  await once(asked, "secureConnect");
  asked.destroy();
  const url = `https://connector-service.localhost:${ingress.pairingPort}/v1/health`;
  const resolve = `connector-service.localhost:${ingress.pairingPort}:127.0.0.1`;
  assert.match(
    await run("curl", ["-sS", "--cacert", file("server-ca.crt"), "--resolve", resolve, url]),
    /"component":"token"/,
  );
  const old = ["--tls-max", "1.1", "--tlsv1.0", "--ciphers", "DEFAULT:@SECLEVEL=0"];
  assert.match(
    await run("curl", ["-sS", ...old, "--cacert", file("server-ca.crt"), "--resolve", resolve, url]),
    /^curl: /,
  );
});

test("mutual tls - plain HTTP is told to use https", async () => {
  const answer = await run("curl", ["-sS", `http://127.0.0.1:${ingress.gatewayPort}/`]);
  assert.match(answer, /use https/);
});
