import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { PairingServer } from "../doubles/pairing-server.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn, appconnPath, startProgram } from "./appconn-process.ts";

test("appconn connect --watch - stays after pairing, shows no token to whoever lists processes, ends on SIGTERM", async () => {
  await using server = await PairingServer.start();
  using directory = new TemporaryDirectory();
  const link = server.link();
  const out = join(directory.path, "identity");
  const running = startProgram([process.execPath, appconnPath, "connect", link, "--out", out, "--watch"]);
  await eventually(
    () => assert.match(running.stdout, /shop is paired[^]*renews the identity of shop on 20/),
    {
      timeout: 30_000,
    },
  );
  if (process.platform === "linux") {
    const shown = readFileSync(`/proc/${running.process.pid}/cmdline`, "latin1");
    assert.doesNotMatch(shown, /token=/);
    assert.match(shown, /^appconn connect/);
  }
  running.process.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  assert.deepEqual([code, stderr], [0, ""]);
});

test("appconn connect --watch - renews by itself, one line each, and goes on without a link", async () => {
  await using server = await PairingServer.start();
  using directory = new TemporaryDirectory();
  const out = join(directory.path, "identity");
  const words = ["connect", "-", "--out", out] as const;
  // Valid since two thirds of its life ago: what the next start finds is due at once.
  server.age = 61;
  assert.equal((await appconn(words, { input: server.link() })).code, 0);
  const before = readFileSync(join(out, "client.key"), "utf8");
  server.age = 0;
  const running = startProgram([process.execPath, appconnPath, "connect", "--out", out, "--watch"]);
  await eventually(() => assert.match(running.stdout, /^renewed shop: until .*, serial [0-9A-F]+\n$/), {
    timeout: 30_000,
  });
  assert.notEqual(readFileSync(join(out, "client.key"), "utf8"), before);
  running.process.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});

test("appconn connect - killed while it waits for an answer, the same link goes on", async () => {
  await using server = await PairingServer.start();
  using directory = new TemporaryDirectory();
  for (const step of ["info", "certificates", "management"] as const) {
    const out = join(directory.path, step);
    const link = server.link();
    server.requests.length = 0;
    server.behave(step, "hang");
    const running = startProgram([process.execPath, appconnPath, "connect", link, "--out", out]);
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await eventually(() => assert.equal(server.steps().at(-1), step), { timeout: 30_000 });
    running.process.kill("SIGKILL");
    // eslint-disable-next-line no-await-in-loop -- as above
    await running.ended;
    // eslint-disable-next-line no-await-in-loop -- as above
    const { code, stderr } = await appconn(["connect", link, "--out", out]);
    assert.equal(code, 0, stderr);
  }
});

test("appconn connect - without a hash in the link, the machine's authorities decide, and curl is given theirs", async () => {
  await using server = await PairingServer.start({ isChainSent: false });
  using directory = new TemporaryDirectory();
  const authority = join(directory.path, "system-ca.pem");
  writeFileSync(authority, server.authority.certificate);
  const out = join(directory.path, "identity");
  const env = { NODE_EXTRA_CA_CERTS: authority };
  const { code, stdout, stderr } = await appconn(["connect", server.link(""), "--out", out], { env });
  assert.equal(code, 0, stderr);
  const { serverTrust } = JSON.parse(readFileSync(join(out, "connection.json"), "utf8")) as {
    serverTrust: string;
  };
  assert.equal(serverTrust, "system");
  assert.equal(readFileSync(join(out, "server-ca.crt"), "utf8"), server.authority.certificate);
  const line = /^ {2}(curl .*)$/m.exec(stdout)?.[1] ?? "";
  const called = await startProgram(["sh", "-c", `${line} -sS --max-time 20`]).ended;
  assert.match(called.stdout, /"clientIdentity"/, called.stderr);
  assert.equal((await appconn(["cert", "renew", out], { env })).code, 0);
  // Without them, the identity's own copy does not make up for it.
  assert.match((await appconn(["cert", "renew", out])).stderr, /is not trusted/);
});
