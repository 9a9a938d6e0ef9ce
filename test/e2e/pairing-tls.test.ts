import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { P256 } from "../doubles/certificate-requests.ts";
import { makeAuthority } from "../doubles/client-authorities.ts";
import { eventually } from "../doubles/eventually.ts";
import {
  curl,
  curlProgram,
  keptConnection,
  pair,
  send,
  writeIdentity,
  type Identity,
} from "../doubles/external-system.ts";
import { openssl } from "../doubles/openssl.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startProgram } from "./appconn-process.ts";

const INFO = "/v1/applications/management/info";

/** What `openssl s_client` says of a connection on which one request is sent. */
suite("mutual TLS from outside", () => {
  let served: ServedInstallation;
  let identity: Identity;
  let files: { crt: string; key: string };

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(application("shop"));
    identity = await pair(served, "shop");
    files = writeIdentity(served.path, identity);
  });
  after(() => served[Symbol.asyncDispose]());

  const own = () => ["-cert", files.crt, "-key", files.key, "-cert_chain", files.crt];

  async function sClient(url: URL, words: readonly string[], lines: readonly string[] = []): Promise<string> {
    const common = [
      "-connect",
      `127.0.0.1:${url.port}`,
      "-servername",
      url.hostname,
      "-CAfile",
      served.serverAuthority,
    ];
    const running = startProgram(["openssl", "s_client", ...common, ...words]);
    const request = [`GET ${INFO} HTTP/1.1`, `Host: ${url.host}`, "Connection: close", ...lines, "", ""];
    // One that was refused reads no more.
    running.process.stdin.on("error", () => undefined).write(request.join("\r\n"));
    const { stdout, stderr } = await running.ended;
    return stdout + stderr;
  }

  for (const version of ["-tls1_2", "-tls1_3"]) {
    test(`mutual TLS from outside - s_client comes in with ${version.slice(1)}, and no session is resumed`, async () => {
      const output = await sClient(served.gateway, [version, ...own(), "-verify_return_error"]);
      assert.match(output, /Verify return code: 0 \(ok\)/);
      assert.match(output, /HTTP\/1\.1 200 OK[^]*"application":"shop"/);
      assert.match(output, /Acceptable client certificate CA names/);
      const session = join(served.path, `session${version}`);
      await sClient(served.gateway, [version, ...own(), "-sess_out", session]);
      assert.ok(existsSync(session), "s_client has kept what it could of the session");
      const again = await sClient(served.gateway, [version, ...own(), "-sess_in", session]);
      assert.match(again, /^New, TLSv1\.[23]/m);
      assert.doesNotMatch(again, /^Reused, /m);
      assert.match(again, /HTTP\/1\.1 200 OK/);
    });
  }

  test("mutual TLS from outside - renegotiation, old versions and clear text are refused", async () => {
    const old = await sClient(served.gateway, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0", ...own()]);
    assert.match(old, /alert protocol version|no protocols available|wrong version/);
    assert.doesNotMatch(old, /HTTP\/1\.1/);
    const renegotiated = await sClientRenegotiating();
    assert.match(renegotiated, /^RENEGOTIATING$/m);
    const plain = await startProgram([
      "curl",
      "-sS",
      "--max-time",
      "10",
      `http://127.0.0.1:${served.gateway.port}/`,
    ]).ended;
    assert.equal(plain.stdout, "This port speaks TLS: use https://\n");
  });

  async function sClientRenegotiating(): Promise<string> {
    const { port, hostname } = served.gateway;
    const words = ["-connect", `127.0.0.1:${port}`, "-servername", hostname, "-tls1_2", ...own()];
    const running = startProgram(["openssl", "s_client", ...words]);
    await eventually(() => assert.match(running.stdout, /Verify return code/));
    running.process.stdin.on("error", () => undefined).write("R\n");
    await eventually(() => assert.match(running.stderr, /no renegotiation/));
    running.process.kill("SIGKILL");
    const { stdout, stderr } = await running.ended;
    return stdout + stderr;
  }

  test("mutual TLS from outside - no certificate, one of a stranger, and one that signed itself get no HTTP answer", async () => {
    const stranger = makeAuthority({ key: P256 });
    const subject = "/C=DE/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop";
    const signed = makeAuthority({
      key: P256,
      subject,
      signer: stranger,
      extensions: ["extendedKeyUsage=clientAuth"],
    });
    const selfSigned = makeAuthority({ key: P256, subject, extensions: ["extendedKeyUsage=clientAuth"] });
    for (const pretended of [undefined, signed, selfSigned]) {
      const words = pretended
        ? ["--cert", write("cert", pretended.certificate), "--key", write("key", pretended.key)]
        : [];
      for (const version of ["1.2", "1.3"]) {
        const all = [...words, `--tlsv${version}`, "--tls-max", version, served.gateway.origin + INFO];
        const { code, stdout } = await curlProgram(served, ...all);
        assert.ok(code !== 0, stdout);
        assert.match(stdout, /^\n#000#$/, "no answer of HTTP");
      }
    }
    await eventually(async () => {
      const text = await served.metrics();
      assert.match(text, /handshakes_refused_total\{listener="gateway",reason="certificate-missing"\} [2-9]/);
      assert.match(
        text,
        /handshakes_refused_total\{listener="gateway",reason="certificate-untrusted"\} [2-9]/,
      );
    });
  });

  const write = (name: string, content: string): string => {
    const file = join(served.path, `pretended.${name}`);
    writeFileSync(file, content);
    return file;
  };

  test("mutual TLS from outside - the intermediate that signed is enough, and what openssl verifies is what comes in", async () => {
    const leaf = write(
      "leaf",
      /^-----BEGIN[^]*?-----END CERTIFICATE-----\n/.exec(identity.certificate)?.[0] ?? "",
    );
    const words = ["--cert", leaf, "--key", files.key, served.gateway.origin + INFO];
    assert.equal((await curl(served, ...words)).status, 200);
    const trusted = write("trusted", await served.administer(["ca", "show", "-o", "pem"]));
    assert.match(openssl("verify", "-purpose", "sslclient", "-CAfile", trusted, leaf), /: OK/);
    assert.match(readFileSync(trusted, "utf8"), /BEGIN CERTIFICATE/);
  });

  test("mutual TLS from outside - foreign hosts are 421, encoded and climbing paths 400, on both hosts", async () => {
    const { gateway, pairing } = served;
    const as = ["--cert", files.crt, "--key", files.key, "--path-as-is"];
    for (const { origin } of [gateway, pairing]) {
      assert.equal(
        (await curl(served, ...as, "-H", "Host: other.localhost", `${origin}/v1/health`)).status,
        421,
      );
      for (const path of [
        "/shop/../v1/health",
        "/shop%2fv1/events",
        "//v1/health",
        "/shop/v1/events/%2e%2e/x",
        "/a%00/v1/events",
      ]) {
        assert.equal((await curl(served, ...as, origin + path)).status, 400, path);
      }
    }
    // What asks for a certificate is at its own host alone.
    assert.equal((await curl(served, `${pairing.origin}${INFO}`)).status, 404);
    assert.equal(
      (await curl(served, ...as, `${gateway.origin}/v1/applications/signingRequests/info?token=x`)).status,
      404,
    );
  });
});

test("mutual TLS from outside - a certificate that ends on an open connection is refused there and at the door", async () => {
  // A minute of the validity lies before the issue, for clocks that go wrong.
  await using served = await ServedInstallation.start(["--connector-app-certificate-validity=63s"]);
  const identity = await pair(served, "shop");
  using kept = keptConnection();
  const call = () => send(served, new URL(INFO, served.gateway), { identity, agent: kept });
  assert.equal((await call()).status, 200);
  await eventually(
    async () => {
      const { status, text, headers } = await call();
      assert.deepEqual([status, headers.connection], [403, "close"]);
      assert.match(text, /"Certificate has expired\."/);
    },
    { interval: 50 },
  );
  await assert.rejects(send(served, new URL(INFO, served.gateway), { identity }));
  await eventually(async () =>
    assert.match(
      await served.metrics(),
      /handshakes_refused_total\{listener="gateway",reason="certificate-expired"\} [1-9]/,
    ),
  );
});
