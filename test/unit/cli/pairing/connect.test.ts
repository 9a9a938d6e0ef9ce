import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { createServer } from "node:tls";
import { P256 } from "../../../doubles/certificate-requests.ts";
import { makeAuthority } from "../../../doubles/client-authorities.ts";
import { commandLine, type CommandLineResult } from "../../../doubles/command-line.ts";
import { openssl } from "../../../doubles/openssl.ts";
import { PairingServer, type Behaviour } from "../../../doubles/pairing-server.ts";
import { TemporaryDirectory } from "../../../doubles/temporary-directory.ts";

const FILES = ["client-ca.crt", "client.crt", "client.key", "connection.json", "server-ca.crt"];

let server: PairingServer;
let scratch: TemporaryDirectory;
let out: string;
let count = 0;

before(async () => {
  server = await PairingServer.start();
  scratch = new TemporaryDirectory();
});
beforeEach(() => {
  out = join(scratch.path, `identity-${count++}`);
  server.requests.length = 0;
  Object.assign(server.connections, { made: 0, used: 0 });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const connect = (link: string, ...more: readonly string[]): Promise<CommandLineResult> =>
  commandLine(["connect", link, "--out", out, ...more]);

function succeeded(result: CommandLineResult): CommandLineResult {
  assert.equal(result.code, 0, result.stderr);
  return result;
}

const read = (name: string): string => readFileSync(join(out, name), "utf8");
const leaf = (): X509Certificate => new X509Certificate(read("client.crt"));
const connection = (): Record<string, unknown> =>
  JSON.parse(read("connection.json")) as Record<string, unknown>;

test("connect - a link becomes key, certificate with chain, authorities and URLs, for their owner alone", async () => {
  const { stdout, stderr } = succeeded(await connect(server.link()));
  assert.equal(stderr, "");
  assert.deepEqual(
    readdirSync(out)
      .filter((name) => !name.startsWith("."))
      .toSorted(),
    FILES,
  );
  assert.equal(statSync(out).mode & 0o777, 0o700);
  for (const name of FILES) assert.equal(statSync(join(out, name)).mode & 0o777, 0o600, name);
  assert.match(openssl("verify", "-CAfile", join(out, "client-ca.crt"), join(out, "client.crt")), /: OK/);
  assert.equal(read("client.crt").match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.equal(
    openssl("pkey", "-in", join(out, "client.key"), "-pubout"),
    openssl("x509", "-in", join(out, "client.crt"), "-noout", "-pubkey"),
  );
  assert.equal(read("server-ca.crt"), server.authority.certificate);
  const { application, serverTrust, urls, expiresAt } = connection();
  assert.deepEqual({ application, serverTrust }, { application: "shop", serverTrust: "pinned" });
  assert.equal(expiresAt, leaf().validToDate.toISOString());
  assert.equal(
    (urls as Record<string, string>)["renewCertUrl"],
    `${server.certificateHost}/v1/applications/certificates/renewals`,
  );
  assert.deepEqual(server.steps(), ["info", "certificates", "management"]);
  assert.match(stdout, /^shop is paired\./);
});

test("connect - no secret is printed, kept in the open or left behind", async () => {
  const link = server.link();
  const { stdout } = succeeded(await connect(link));
  const tokens = [new URL(link).searchParams.get("token") ?? "?", "token="];
  const texts = [stdout, read("connection.json"), ...readdirSync(out)];
  for (const token of tokens) for (const text of texts) assert.ok(!text.includes(token), text);
  assert.ok(!readdirSync(out).includes(".pairing.json"));
});

test("connect - the curl line that it prints works", async () => {
  const { stdout } = succeeded(await connect(server.link()));
  const line = /^ {2}(curl .*)$/m.exec(stdout)?.[1] ?? "";
  // Asynchronously: the server is in this process.
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile("sh", ["-c", `${line} -sS --max-time 20`], (error, text, problem) =>
    error ? reject(new Error(problem)) : resolve(text),
  );
  assert.match(await promise, /"clientIdentity":\{"application":"shop"\}/);
});

test("connect - the link may come on standard input, with the line end that it has there", async () => {
  const words = ["connect", "-", "--out", out];
  const { stderr } = succeeded(await commandLine(words, { input: `\n ${server.link()}\r\nmore` }));
  assert.equal(stderr, "");
  assert.equal(connection()["application"], "shop");
  // At a terminal the line end is enough, and somebody must know what is waited for.
  const atTerminal = await commandLine([...words, "--force"], { input: `${server.link()}\n`, isTTY: true });
  assert.equal(succeeded(atTerminal).stderr, "Pairing link: ");
  for (const input of ["", "\n\n", "x".repeat(100_000)]) {
    assert.equal((await commandLine(words, { input })).code, 2);
  }
});

test("connect - the key is of the kind that was asked for, else of the one that the server advises", async () => {
  const kind = () => new X509Certificate(read("client.crt")).publicKey.asymmetricKeyDetails;
  succeeded(await connect(server.link(), "--key", "ec-p384"));
  assert.equal(kind()?.namedCurve, "secp384r1");
  server.keyAlgorithm = "rsa3072";
  succeeded(await connect(server.link(), "--force"));
  assert.equal(kind()?.modulusLength, 3072);
  server.keyAlgorithm = "rsa1048576";
  succeeded(await connect(server.link(), "--force"));
  assert.equal(kind()?.modulusLength, 2048);
  server.keyAlgorithm = "ec-p256";
  const { code, stderr } = await connect(server.link(), "--key", "dsa");
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are rsa2048, .*ec-p256/);
});

test("connect - the handshake that fetches the authority sends nothing", async () => {
  succeeded(await connect(server.link()));
  // One to look at the certificates, one for each request.
  assert.deepEqual(server.connections, { made: 3, used: 2 });
});

test("connect - a server that is not the link's is sent nothing at all, and is named", async () => {
  const { certificate, key } = makeAuthority({
    key: P256,
    subject: "/CN=evil",
    extensions: ["basicConstraints=critical,CA:true", "subjectAltName=DNS:connector-service.localhost"],
  });
  const received: Buffer[] = [];
  const evil = createServer({ cert: certificate, key }, (socket) => {
    socket.on("data", (chunk: Buffer) => received.push(chunk)).on("error", () => undefined);
  });
  await new Promise<void>((resolve) => void evil.listen(0, "127.0.0.1", resolve));
  try {
    const link = new URL(server.link());
    link.port = String((evil.address() as AddressInfo).port);
    const { code, stderr } = await connect(link.href);
    assert.equal(code, 1);
    assert.match(stderr, /is not the server that this link is for/);
    assert.match(stderr, new RegExp(`expected {2}ca-sha256 ${server.authorityHash}`));
    assert.match(stderr, /The token was not sent/);
    assert.equal(Buffer.concat(received).toString(), "");
  } finally {
    evil.close();
    await once(evil, "close");
  }
  assert.equal(server.requests.length, 0);
});

test("connect - a hash of the server's own certificate names no authority", async () => {
  await using lonely = await PairingServer.start({ isChainSent: false });
  const link = lonely.link();
  const { code, stderr } = await connect(link);
  assert.equal(code, 1);
  assert.match(stderr, /shown {5}none/);
  assert.deepEqual(lonely.requests, []);
});

test("connect - the right authority does not make up for a certificate of another name", async () => {
  await using other = await PairingServer.start({ names: ["other.localhost"] });
  const { code, stderr } = await connect(other.link());
  assert.equal(code, 1);
  assert.match(stderr, /the certificate of connector-service\.localhost:\d+ is for another name/);
  assert.deepEqual(other.requests, []);
});

test("connect - without a hash, a server that the system does not trust is sent nothing", async () => {
  const link = server.link("");
  const { code, stderr } = await connect(link);
  assert.equal(code, 1);
  assert.match(stderr, /is not trusted .*--server-ca/);
  assert.deepEqual(server.requests, []);
  const file = join(scratch.path, "server-ca.pem");
  writeFileSync(file, `a comment\n${server.authority.certificate}`);
  succeeded(await connect(link, "--server-ca", file));
  assert.equal(connection()["serverTrust"], "file");
  assert.equal(read("server-ca.crt"), server.authority.certificate);
});

test("connect - --server-ca must be readable, have certificates, and have the one that the link names", async () => {
  const other = join(scratch.path, "other.pem");
  writeFileSync(other, makeAuthority({ key: P256, subject: "/CN=other" }).certificate);
  for (const [file, text] of [
    [join(scratch.path, "missing"), /missing cannot be read: ENOENT/],
    ["/dev/null", /has no certificates in PEM/],
    [other, /has not the authority that the link names/],
  ] as const) {
    const { code, stderr } = await connect(server.link(), "--server-ca", file);
    assert.equal(code, 1);
    assert.match(stderr, text);
  }
  assert.deepEqual(server.requests, []);
});

test("connect - what is no link is refused with exit code 2, and not repeated", async () => {
  const wrong = [
    "",
    "shop",
    "http://h.example/v1/info?token=SECRET",
    "https://h.example/v1/info",
    "https://h.example/v1/info?token=SECRET#ca-sha256=abc",
    "https://h.example/v1/info?token=SEC RET",
  ];
  for (const link of wrong) {
    const { code, stderr } = await connect(link);
    assert.equal(code, 2, link);
    assert.match(stderr, /link/);
    assert.doesNotMatch(stderr, /SEC/);
  }
  assert.equal((await commandLine(["connect", "--out", out])).code, 2);
  assert.equal((await commandLine(["connect", server.link()])).code, 2);
});

test("connect - an identity stays unless --force is given, and the link stays good", async () => {
  succeeded(await connect(server.link()));
  const key = read("client.key");
  const link = server.link();
  const refused = await connect(link);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the identity of shop in .* already, and the link was not used/);
  assert.equal(read("client.key"), key);
  succeeded(await connect(link, "--force"));
  assert.notEqual(read("client.key"), key);
});

test("connect - files of the same names that are no identity of ours stay, too", async () => {
  mkdirSync(out, { mode: 0o700 });
  writeFileSync(join(out, "client.key"), "mine");
  const { code, stderr } = await connect(server.link());
  assert.equal(code, 1);
  assert.match(stderr, /client\.key.*chmod 600|files of that name/);
  assert.equal(read("client.key"), "mine");
  assert.deepEqual(server.requests, []);
});

test("connect - a directory that others can write to is refused before the token is spent", async () => {
  mkdirSync(out);
  writeFileSync(join(out, "other"), "");
  chmodSync(out, 0o777);
  const { code, stderr } = await connect(server.link());
  assert.equal(code, 1);
  assert.match(stderr, /chmod 700/);
  assert.deepEqual(server.requests, []);
});

test("connect - a path that is no directory is refused before the token is spent", async () => {
  writeFileSync(out, "");
  const { code, stderr } = await connect(server.link());
  assert.equal(code, 1);
  assert.match(stderr, /identity-\d+ cannot be made: \w+/);
  assert.deepEqual(server.requests, []);
});

test("connect - a directory where none can be made is named at once, and the token is unspent", async () => {
  const { code, stderr } = await commandLine(["connect", server.link(), "--out", "/proc/none/identity"]);
  assert.equal(code, 1);
  assert.match(stderr, /^\/proc\/none\/identity cannot be made: /);
  assert.deepEqual(server.requests, []);
});

test("connect - a used link says so, and what to do", async () => {
  const link = server.link();
  succeeded(await connect(link));
  const elsewhere = join(scratch.path, `identity-${count++}`);
  const { code, stderr } = await commandLine(["connect", link, "--out", elsewhere]);
  assert.equal(code, 1);
  assert.match(stderr, /answered 403 to GET \/v1\/applications\/signingRequests\/info: Invalid token\.\n/);
  assert.match(stderr, /Ask for a new one/);
});

test("connect - the same link again, after all was done, is no failure and spends nothing", async () => {
  const link = server.link();
  succeeded(await connect(link));
  const key = read("client.key");
  server.requests.length = 0;
  for (const more of [[], ["--force"]]) succeeded(await connect(link, ...more));
  assert.equal(read("client.key"), key);
  assert.deepEqual(server.steps(), ["management", "management"]);
});

test("connect - interrupted at any request, the same link goes on where it stopped", async () => {
  for (const step of ["info", "certificates", "management"] as const) {
    for (const behaviour of ["reset", { status: 503, error: "busy" }] as const) {
      out = join(scratch.path, `identity-${count++}`);
      const link = server.link();
      server.behave(step, behaviour);
      const failed = await connect(link);
      assert.equal(failed.code, 1);
      assert.match(failed.stderr, behaviour === "reset" ? /closed the connection/ : /answered 503 .*: busy/);
      succeeded(await connect(link));
      assert.ok(leaf().checkPrivateKey(createPrivateKey(read("client.key"))));
    }
  }
});

test("connect - what is kept of an interrupted pairing is for its owner alone, and of no use for another link", async () => {
  server.behave("certificates", "reset");
  const link = server.link();
  await connect(link);
  const kept = join(out, ".pairing.json");
  assert.equal(statSync(kept).mode & 0o777, 0o600);
  assert.doesNotMatch(readFileSync(kept, "utf8"), /PRIVATE KEY/);
  server.requests.length = 0;
  succeeded(await connect(server.link()));
  assert.deepEqual(server.steps(), ["info", "certificates", "management"]);
  assert.ok(!existsSync(kept));
});

test("connect - when the server has used the token and its answer was lost, a new link is asked for", async () => {
  for (const step of ["info", "certificates"] as const) {
    out = join(scratch.path, `identity-${count++}`);
    const link = server.link();
    server.behave(step, "forget");
    assert.equal((await connect(link)).code, 1);
    const { code, stderr } = await connect(link);
    assert.equal(code, 1);
    assert.match(stderr, /Ask for a new one/);
    assert.deepEqual(
      readdirSync(out).filter((name) => !name.startsWith(".")),
      [],
    );
    succeeded(await connect(server.link()));
  }
});

test("connect - a call that fails after the pairing leaves the identity, and says how to go on", async () => {
  server.behave("management", { status: 500, error: "later" });
  const { code, stderr } = await connect(server.link());
  assert.equal(code, 1);
  assert.match(
    stderr,
    /shop is paired and its identity is in .*answered 500 .*later\nRepeat this command, or try: curl/,
  );
  assert.equal(connection()["application"], "shop");
});

test("connect - a server that hangs, sends garbage or too much is named, each in one message", async () => {
  const cases: readonly [Behaviour, RegExp][] = [
    ["hang", /does not answer in time/],
    ["garbage", /no pairing information/],
    ["huge", /the answer is larger than 1 MiB/],
    [{ status: 301, error: "elsewhere" }, /answered 301/],
    [() => ({}), /no pairing information/],
    [() => [], /no pairing information/],
    [(right) => ({ ...right, certificate: { subject: "CN=a,CN=b" } }), /no pairing information/],
    [(right) => ({ ...right, certificate: { subject: "O=x" } }), /no pairing information/],
    [(right) => ({ ...right, csrUrl: "http://connector-service.localhost/" }), /did not tell csrUrl/],
    [(right) => ({ ...right, csrUrl: "file:///etc/passwd" }), /did not tell csrUrl/],
    [{ status: 400, error: "a\u001B[2Jb\nc" }, /: a \[2Jb c\n/],
  ];
  for (const [behaviour, text] of cases) {
    server.behave("info", behaviour);
    const { code, stderr } = await connect(server.link(), "--request-timeout", "2s");
    assert.equal(code, 1, stderr);
    assert.match(stderr, text);
    assert.doesNotMatch(stderr, /\n {4}at |token=/);
  }
});

test("connect - where nobody listens, and a name that nobody has, are said so", async () => {
  for (const [host, text] of [
    ["connector-service.localhost:1", /nothing listens at connector-service\.localhost:1: /],
    ["connector-service.invalid", /the name of connector-service\.invalid is not known here/],
  ] as const) {
    const link = `https://${host}/v1/applications/signingRequests/info?token=t`;
    for (const fragment of ["", `#ca-sha256=${server.authorityHash}`]) {
      const { code, stderr } = await connect(link + fragment);
      assert.equal(code, 1);
      assert.match(stderr, text);
    }
  }
});

test("connect - a certificate that is not for our key and name is not taken", async () => {
  const other = makeAuthority({ key: P256, subject: "/CN=shop" }).certificate;
  const encode = (pem: string): string => Buffer.from(pem).toString("base64");
  const cases: readonly [Behaviour, RegExp][] = [
    [(right) => ({ ...right, clientCrt: encode(other) }), /is for another key/],
    [(right) => ({ ...right, caCrt: encode(other) }), /not signed by an authority beside it/],
    [(right) => ({ ...right, clientCrt: "###" }), /there is no certificate in it/],
    [
      (right) => ({
        ...right,
        clientCrt: encode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
      }),
      /no certificate/,
    ],
    [() => ({}), /there is no certificate in it/],
    ["garbage", /answered 200 to POST/],
  ];
  for (const [behaviour, text] of cases) {
    server.behave("certificates", behaviour);
    const { code, stderr } = await connect(server.link());
    assert.equal(code, 1);
    assert.match(stderr, text);
    assert.deepEqual(
      readdirSync(out).filter((name) => !name.startsWith(".")),
      [],
    );
  }
});

test("connect - a certificate for another name than the one that was asked for is not taken", async () => {
  // The request asks for what `info` says; the server then signs the key for somebody else.
  server.behave("certificates", (right) => ({ ...right, clientCrt: renamed(server, right["clientCrt"]) }));
  const { code, stderr } = await connect(server.link());
  assert.equal(code, 1);
  assert.match(stderr, /its certificate is for "other", and the request was for "shop"/);
});

test("connect - authorities that are told in another order are put into the one of TLS", async () => {
  const other = makeAuthority({ key: P256, subject: "/CN=other" }).certificate;
  const right = server.clientAuthority.certificate;
  server.behave("certificates", (answer) => ({
    ...answer,
    caCrt: Buffer.from(other + right).toString("base64"),
  }));
  succeeded(await connect(server.link()));
  assert.ok(read("client.crt").endsWith(right + other));
  assert.equal(read("client-ca.crt"), right + other);
});

/** The same key under another name, as a server could make it. */
function renamed({ clientAuthority }: PairingServer, encoded: unknown): string {
  using directory = new TemporaryDirectory();
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory.path, name), content);
    return join(directory.path, name);
  };
  const leafFile = file("leaf", Buffer.from(String(encoded), "base64").toString());
  const publicKey = file("public", openssl("x509", "-in", leafFile, "-noout", "-pubkey"));
  const signer = ["-CA", file("ca", clientAuthority.certificate), "-CAkey", file("key", clientAuthority.key)];
  const made = openssl(
    "x509",
    "-new",
    "-subj",
    "/CN=other",
    "-force_pubkey",
    publicKey,
    "-days",
    "9",
    ...signer,
  );
  return Buffer.from(made).toString("base64");
}

test("connect - an identity that was copied without its links can be replaced", async () => {
  succeeded(await connect(server.link()));
  const copy = join(scratch.path, `identity-${count++}`);
  mkdirSync(copy, { mode: 0o700 });
  for (const name of FILES) {
    writeFileSync(join(copy, name), read(name), { mode: 0o600 });
  }
  out = copy;
  const key = read("client.key");
  succeeded(await connect(server.link(), "--force"));
  assert.notEqual(read("client.key"), key);
  assert.ok(lstatSync(join(out, "client.key")).isSymbolicLink());
  assert.equal(readdirSync(out).filter((name) => name.startsWith(".identity-")).length, 1);
});
