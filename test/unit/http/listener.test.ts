import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get as httpGet, Agent } from "node:http";
import { get as httpsGet } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { Failure } from "../../../src/core/failures.ts";
import { startListener, type ListenerOptions } from "../../../src/http/listener.ts";
import { eventually } from "../../doubles/eventually.ts";

let directory: string;
let tls: { cert: string; key: string };
let renewed: { cert: string; key: string };

before(() => {
  directory = mkdtempSync(join(tmpdir(), "appconn-listener-"));
  tls = selfSigned("first");
  renewed = selfSigned("second");
});

after(() => rmSync(directory, { recursive: true }));

function selfSigned(name: string): { cert: string; key: string } {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const output = ["-subj", `/CN=${name}`, "-keyout", key, "-out", cert, "-days", "1"];
  execFileSync("openssl", [...request, ...output], { stdio: "ignore" });
  return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
}

function options(extra: Partial<ListenerOptions> = {}): ListenerOptions {
  const handler: ListenerOptions["handler"] = (request, response) => {
    response.end("encrypted" in request.socket ? "over TLS" : "plain");
  };
  return { host: "127.0.0.1", port: 0, setting: "test.port", handler, ...extra };
}

async function bodyOf(url: string): Promise<string> {
  const get = url.startsWith("https:") ? httpsGet : httpGet;
  const request = get(url, { rejectUnauthorized: false, agent: false } as object);
  const [response] = await once(request, "response");
  return (await response.toArray()).join("");
}

async function everything(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => (text += chunk)).on("error", () => {});
  // Not `once` of node:events, which rejects when the connection is reset.
  if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

test("listener - one loopback port answers TLS and plain HTTP, told apart by the first byte", async () => {
  await using listener = await startListener(options({ tls, alsoPlain: true }));
  assert.equal(await bodyOf(`https://127.0.0.1:${listener.port}/`), "over TLS");
  assert.equal(await bodyOf(`http://127.0.0.1:${listener.port}/`), "plain");
  assert.equal(listener.origin, `https://127.0.0.1:${listener.port}`);
});

test("listener - plain HTTP to a TLS port is told to use https", async () => {
  await using listener = await startListener(options({ tls }));
  const socket = connect(listener.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match(await everything(socket), /^HTTP\/1\.1 400 [^]*use https:/);
});

test("listener - a request that trickles in byte by byte is still read from its first byte", async () => {
  await using listener = await startListener(options({ tls, alsoPlain: true }));
  const socket = connect({ port: listener.port, host: "127.0.0.1", noDelay: true });
  const answer = everything(socket);
  for (const byte of "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") {
    await new Promise((resolve) => socket.write(byte, resolve));
  }
  assert.match(await answer, /^HTTP\/1\.1 200 [^]*plain$/);
});

for (const [what, bytes] of [
  ["a TLS record of garbage", Buffer.from([0x16, 0x03, 0x01, 0x40, 0x00, ...Array<number>(300).fill(0xff)])],
  ["a lone TLS byte and an end", Buffer.from([0x16])],
  ["binary garbage", Buffer.from([0x00, 0xff, 0x80, 0x0d, 0x0a, 0x0d, 0x0a])],
  ["nothing at all", Buffer.alloc(0)],
] as const) {
  test(`listener - ${what} closes that connection and harms no other`, async () => {
    await using listener = await startListener(options({ tls, alsoPlain: true }));
    const socket = connect(listener.port, "127.0.0.1");
    socket.end(bytes);
    await everything(socket);
    assert.equal(await bodyOf(`https://127.0.0.1:${listener.port}/`), "over TLS");
    assert.equal(await bodyOf(`http://127.0.0.1:${listener.port}/`), "plain");
  });
}

test("listener - a connection reset before its first byte harms nothing", async () => {
  await using listener = await startListener(options({ tls, alsoPlain: true }));
  for (let count = 0; count < 20; count++) {
    const socket = connect(listener.port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    socket.resetAndDestroy();
  }
  assert.equal(await bodyOf(`http://127.0.0.1:${listener.port}/`), "plain");
  await eventually(() => assert.equal(listener.connections, 0));
});

test("listener - a silent connection is dropped when its time for a first byte is over", async () => {
  const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 };
  await using listener = await startListener(options({ tls, alsoPlain: true, server: limits }));
  assert.equal(await everything(connect(listener.port, "127.0.0.1")), "");
  await eventually(() => assert.equal(listener.connections, 0));
});

test("listener - a head that never ends gets 408, over TLS too", async () => {
  const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 };
  await using listener = await startListener(options({ tls, alsoPlain: true, server: limits }));
  const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false });
  socket.write("GET / HTTP/1.1\r\nX-Slow: ");
  assert.match(await everything(socket), /^HTTP\/1\.1 408 /);
});

test("listener - a renewed certificate is presented to new connections", async () => {
  await using listener = await startListener(options({ tls, alsoPlain: true }));
  const subject = async () => {
    const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
  };
  assert.equal(await subject(), "first");
  listener.renewTls(renewed);
  assert.equal(await subject(), "second");
});

test("listener - a taken port is named with host, port and setting", async () => {
  await using listener = await startListener(options());
  const again = startListener(options({ port: listener.port, setting: "admin.port" }));
  await assert.rejects(again, (error) => {
    assert(error instanceof Failure);
    assert.equal(error.code, "HTTP_ADDRESS_IN_USE");
    assert.match(
      error.message,
      new RegExp(`127\\.0\\.0\\.1 port ${listener.port} \\(setting admin\\.port\\)`),
    );
    return true;
  });
});

test("listener - an address of another machine is named", async () => {
  await assert.rejects(startListener(options({ host: "192.0.2.1" })), { code: "HTTP_ADDRESS_UNKNOWN" });
});

test("listener - close waits for the answer in flight, drops the idle, and accepts no more", async () => {
  const { promise: asked, resolve: noteAsked } = Promise.withResolvers<() => void>();
  const listener = await startListener(
    options({
      tls,
      alsoPlain: true,
      handler: (request, response) =>
        request.url === "/slow" ? noteAsked(() => response.end("late")) : response.end("ok"),
    }),
  );
  const agent = new Agent({ keepAlive: true });
  const [idle] = await once(httpGet(`http://127.0.0.1:${listener.port}/`, { agent }), "response");
  await idle.toArray();
  const silent = connect(listener.port, "127.0.0.1");
  await once(silent, "connect");
  const slow = bodyOf(`http://127.0.0.1:${listener.port}/slow`);
  const finish = await asked;
  const closed = listener.close(60_000);
  await assert.rejects(bodyOf(`http://127.0.0.1:${listener.port}/`), { code: "ECONNREFUSED" });
  finish();
  assert.equal(await slow, "late");
  await closed;
  assert.equal(listener.connections, 0);
  agent.destroy();
});

test("listener - a request that comes on an idle connection just after close is answered, and is its last", async () => {
  const listener = await startListener(options());
  const socket = connect(listener.port, "127.0.0.1");
  const answers = everything(socket);
  const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  socket.write(request);
  await once(socket, "data");
  const closing = listener.close(60_000);
  socket.write(request);
  const [first, second = ""] = (await answers).split(/(?<=plain)(?=HTTP)/);
  assert.match(first ?? "", /^HTTP\/1\.1 200 [^]*Connection: keep-alive/);
  assert.match(second, /^HTTP\/1\.1 200 [^]*Connection: close/);
  await closing;
});

test("listener - close without grace closes idle connections at once", async () => {
  const listener = await startListener(options());
  const socket = connect(listener.port, "127.0.0.1");
  const answers = everything(socket);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "data");
  const closing = listener.close(0);
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await closing;
  assert.equal((await answers).split("HTTP/1.1 200").length, 2);
});

test("listener - close cuts answers that outlast the grace", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const listener = await startListener(options({ handler: () => resolve() }));
  const answer = bodyOf(`http://127.0.0.1:${listener.port}/`);
  const rejected = assert.rejects(answer, { code: "ECONNRESET" });
  await asked;
  await listener.close(20);
  await rejected;
});

test("listener - a renewed certificate keeps the other TLS options", async () => {
  await using listener = await startListener(options({ tls: { ...tls, maxVersion: "TLSv1.2" } }));
  listener.renewTls(renewed);
  const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  assert.equal(socket.getProtocol(), "TLSv1.2");
  assert.equal(socket.getPeerCertificate().subject.CN, "second");
  socket.destroy();
});

test("listener - who is not admitted is closed before a byte is read", async () => {
  let admitted = 0;
  const admit = () => ++admitted > 1;
  await using listener = await startListener(options({ tls, admit }));
  const refused = connect(listener.port, "127.0.0.1");
  assert.equal(await everything(refused), "");
  assert.equal(await bodyOf(`https://127.0.0.1:${listener.port}/`), "over TLS");
});

test("listener - the TLS server is shown before it listens", async () => {
  const errors: string[] = [];
  const prepareTls: ListenerOptions["prepareTls"] = (server) => {
    server.on("tlsClientError", (error: NodeJS.ErrnoException) => errors.push(error.code ?? ""));
  };
  await using listener = await startListener(options({ tls, prepareTls }));
  const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", ALPNProtocols: ["h2"] });
  await assert.rejects(once(socket, "secureConnect"));
  await eventually(() => assert.deepEqual(errors, ["ERR_SSL_NO_APPLICATION_PROTOCOL"]));
});

test("listener - a request may be given less time than heads have otherwise", async () => {
  await using listener = await startListener(options({ server: { requestTimeout: 5000 } }));
  assert.equal(await bodyOf(listener.origin), await bodyOf(listener.origin));
});
