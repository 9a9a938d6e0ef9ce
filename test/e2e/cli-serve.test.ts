import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { findBinary } from "../tools/binary.ts";
import { run } from "../tools/run.ts";
import { appconn, appconnPath, startProgram, type Running } from "./appconn-process.ts";

/** A server with a data directory of its own, on free ports. */
class Served extends TemporaryDirectory implements AsyncDisposable {
  readonly data = join(this.path, "data");
  readonly #running: Running[] = [];

  serve(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Running {
    const command = [
      process.execPath,
      appconnPath,
      "serve",
      "--data-dir",
      this.data,
      ...FREE_PORTS,
      ...words,
    ] as const;
    const running = startProgram([...command], { env });
    this.#running.push(running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process: child, ended } of this.#running) {
      if (child.exitCode === null) child.kill("SIGKILL");
      await ended;
    }
    this[Symbol.dispose]();
  }
}

const ready = (server: Running) =>
  eventually(() => assert.match(server.stderr, /is ready/, server.stderr), { timeout: 30_000 });

test("serve - it says what answers where and what to try next, writes a kubeconfig, and ends in order", async () => {
  await using place = new Served();
  const server = place.serve();
  await ready(server);
  for (const name of ["gateway", "gateway \\(Compass\\)", "health and metrics", "admin API", "kubeconfig"]) {
    assert.match(server.stderr, new RegExp(`^ {2}${name} +(https?:|/)\\S+$`, "m"));
  }
  for (const name of ["kubeconfig", "admin-token"]) {
    assert.equal(statSync(join(place.data, name)).mode & 0o777, 0o600, name);
  }
  const version = await appconn(["version", "--data-dir", place.data]);
  assert.match(version.stdout, /^server {2}\S+ at https:/m);
  server.process.kill("SIGTERM");
  const { code, stdout } = await server.ended;
  assert.equal(code, 0);
  // What is not a log line does not go where the log lines go.
  assert.doesNotMatch(stdout, /Try next/);
});

test(
  "serve - kubectl works with the kubeconfig that it writes",
  { skip: findBinary("kubectl").skip },
  async () => {
    await using place = new Served();
    await ready(place.serve());
    const words = ["--kubeconfig", join(place.data, "kubeconfig"), "--cache-dir", join(place.path, "cache")];
    const { output } = await run(findBinary("kubectl").path ?? "", [
      ...words,
      "get",
      "ns",
      "default",
      "-o",
      "name",
    ]);
    assert.equal(output, "namespace/default\n");
  },
);

test("serve - all mistakes of its configuration are told at once, and nothing is started", async () => {
  await using place = new Served();
  const file = join(place.path, "appconn.yaml");
  writeFileSync(file, "gateway:\n  prt: 1\n");
  const env = { APPCONN_GATEWAY_PROXY_TIMEOUT: "canary" };
  const { code, stderr } = await place.serve(["--config", file, "--admin-prot=1"], env).ended;
  assert.equal(code, 2);
  assert.match(stderr, /^config: 3 problems\n/);
  assert.match(stderr, /gateway\.prt +is no setting: did you mean gateway\.port\? .*appconn\.yaml:2\)/);
  assert.match(stderr, /--admin-prot +is no flag of this command: did you mean --admin-port\?/);
  assert.match(stderr, /gateway\.proxyTimeout +must be a duration .*\(from APPCONN_GATEWAY_PROXY_TIMEOUT\)/);
  assert.doesNotMatch(stderr, /canary/);
  assert.throws(() => statSync(place.data));
  const missing = await place.serve(["--config", "/no/such.yaml"]).ended;
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /\/no\/such\.yaml +cannot be read: there is no such file .*name a YAML file.*\(from --config\)/,
  );
});

test("serve - flags and variables of the original are understood, those without a meaning warn", async () => {
  await using place = new Served();
  const env = { ACM_GATEWAY_APPCACHE_RETENTION: "5m" };
  const words = ["--proxyTimeout=7", "--logLevel=debug", "--requestLogging", "--print-config"];
  const { code, stdout, stderr } = await place.serve(words, env).ended;
  assert.equal(code, 0);
  assert.match(stdout, /proxyTimeout: 7s # --proxyTimeout\n/);
  assert.match(stdout, /level: debug # --logLevel\n/);
  assert.match(
    stderr,
    /^warning: ACM_GATEWAY_APPCACHE_RETENTION is ignored: .*\nwarning: --requestLogging is ignored: /,
  );
});

test("serve - what --print-config prints is a file that --config reads", async () => {
  await using place = new Served();
  const first = await place.serve(["--outbound-denied-networks=10.0.0.0/8,192.168.0.0/16", "--print-config"])
    .ended;
  const file = join(place.path, "appconn.yaml");
  writeFileSync(file, first.stdout);
  const second = await appconn(["serve", "--config", file, "--print-config"]);
  const values = (text: string): string => text.replace(/ #.*$/gm, "");
  assert.equal(values(second.stdout), values(first.stdout));
});

test("serve - a port that is taken is named, with who could change it", async () => {
  await using place = new Served();
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await place.serve([`--gateway-port=${port}`]).ended;
  other.close();
  assert.equal(code, 1);
  assert.match(
    stderr,
    new RegExp(
      `^appconn serve cannot start: .*${port}.*\\(HTTP_[A-Z_]+\\)\nWhat to do: Stop the other program`,
      "m",
    ),
  );
});

test("serve - a second process on the same data directory is refused and told which one is the first", async () => {
  await using place = new Served();
  const first = place.serve();
  await ready(first);
  const { code, stderr } = await place.serve().ended;
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`is in use by .*${first.process.pid}`));
});

test("serve - a data directory that cannot be one is an error that names it", async () => {
  await using place = new Served();
  mkdirSync(place.path, { recursive: true });
  // One that may be executed could be taken for a directory that may be searched.
  writeFileSync(place.data, "a file", { mode: 0o700 });
  const { code, stderr } = await place.serve().ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^appconn serve cannot start: data directory .*\/data cannot be used: it.* is a file and not a directory .*\nWhat to do: Choose a directory/m,
  );
});

test("serve - an output that nobody takes does not end it", async () => {
  await using place = new Served();
  const serve = ['exec "$0" "$@"', process.execPath, appconnPath, "serve", "--data-dir", place.data];
  for (const [redirection, reader] of [
    [">/dev/full", ""],
    ["", "| true"],
  ]) {
    // What is piped is the standard output alone: where it listens is read from the other one.
    const [command = "", ...words] = serve;
    const script = reader ? `{ ${command.replace("exec ", "")}; echo "code $?" >&2; } ${reader}` : command;
    const server = startProgram(["bash", "-c", `${script} ${redirection}`, ...words, ...FREE_PORTS]);
    await ready(server);
    const gateway = /gateway +(http:\S+)/.exec(server.stderr)?.[1];
    // Each of them writes an access line.
    for (let count = 0; count < 3; count++) {
      assert.equal((await fetch(`${gateway}/no/such`)).status, 404);
    }
    const holder = readFileSync(join(place.data, "lock.holder"), "utf8");
    process.kill(Number(/process (\d+)/.exec(holder)?.[1]), "SIGTERM");
    const { code, stderr } = await server.ended;
    assert.equal(reader ? /code (\d+)/.exec(stderr)?.[1] : String(code), "0", stderr);
  }
});

test("serve - a stop that waits for a call says so", async () => {
  await using place = new Served();
  const held: Socket[] = [];
  const target = createServer((socket) => held.push(socket)).listen(0, "127.0.0.1");
  await once(target, "listening");
  const server = place.serve();
  await ready(server);
  const entries = [{ type: "API", targetUrl: `http://127.0.0.1:${(target.address() as AddressInfo).port}` }];
  const application = {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name: "slow" },
    spec: {
      services: [
        { id: "1", name: "s", displayName: "s", providerDisplayName: "p", description: "d", entries },
      ],
    },
  };
  const words = ["apply", "--data-dir", place.data, "-f", "-"];
  assert.equal((await appconn(words, { input: JSON.stringify(application) })).code, 0);
  const gateway = /gateway +(http:\S+)/.exec(server.stderr)?.[1];
  const call = fetch(`${gateway}/slow/s/x`);
  await eventually(() => assert.equal(held.length, 1));
  server.process.kill("SIGTERM");
  await eventually(() => assert.match(server.stderr, /^Stopping: calls in flight are finished first\./m));
  held[0]?.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  assert.equal((await call).status, 204);
  assert.equal((await server.ended).code, 0);
  target.close();
});
