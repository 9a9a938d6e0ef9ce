/* oxlint-disable no-control-regex -- what a terminal is sent is looked at */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget, type Target } from "../doubles/target.ts";
import { appconn, appconnPath, startProgram, type Running } from "./appconn-process.ts";

let target: Target;
/** Of calls that are to take a while. */
const released = Promise.withResolvers<void>();
let installation: ServedInstallation;
const calling = new AbortController();
let calls: Promise<void>;

/** Calls as long as the tests run: half of them of an API that fails. */
async function call(): Promise<void> {
  const gateway = installation.address("gateway");
  for (let count = 0; !calling.signal.aborted; count++) {
    const path = count % 2 === 0 ? "/shop/orders-api/ok?secret=hidden" : "/shop/orders-api/fails";
    // eslint-disable-next-line no-await-in-loop -- one after the other
    await (await fetch(new URL(path, gateway))).text();
  }
}

before(async () => {
  target = await startTarget(async (request) => {
    await request.body;
    if (request.path.includes("held")) await released.promise;
    await request.respond(request.path.includes("fails") ? 500 : 200, {}, "answer");
  });
  installation = await ServedInstallation.start(["--telemetry-access-log-destination=access.log"]);
  const entry = { type: "API", targetUrl: target.url };
  const service = { id: "1", name: "orders", displayName: "Orders API", description: "-" };
  const created = await installation.admin(
    "POST",
    "/apis/applicationconnector.kyma-project.io/v1alpha1/applications",
    {
      body: {
        apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
        kind: "Application",
        metadata: { name: "shop" },
        spec: { services: [{ ...service, providerDisplayName: "-", entries: [entry] }] },
      },
    },
  );
  assert.equal(created.status, 201, await created.text());
  const gateway = installation.address("gateway");
  await eventually(async () => {
    const answer = await fetch(new URL("/shop/orders-api/ok", gateway));
    assert.equal(answer.status, 200, await answer.text());
  });
  calls = call();
});

after(async () => {
  calling.abort();
  await calls;
  await installation[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const server = (): readonly string[] => ["--data-dir", installation.data];

/** Runs a command on a terminal of its own: `script` of util-linux makes one. */
function onTerminal(words: readonly string[], size = "stty cols 100 rows 10"): Running {
  const command = [process.execPath, appconnPath, ...words, ...server()].map((word) => `'${word}'`).join(" ");
  return startProgram(["script", "-qec", `${size}; ${command}; echo "code $?"; stty -a`, "/dev/null"], {
    env: { TERM: "xterm", SHELL: "/bin/sh" },
  });
}

test("top - a pipe gets a line of JSON, a terminal a table, about one interval where it is asked for once", async () => {
  const piped = await appconn(["top", "--once", "--interval", "1s", ...server()]);
  assert.equal(piped.code, 0, piped.stderr);
  const line = JSON.parse(piped.stdout) as {
    calls: { application: string; calls: number; errors: number }[];
  };
  const [shop] = line.calls;
  assert.ok(shop && shop.application === "shop" && shop.calls > 2);
  assert.ok(Math.abs(shop.errors - shop.calls / 2) <= 1, piped.stdout);
  const table = onTerminal(["top", "--once", "--interval", "1s", "--application", "shop"]);
  const { stdout } = await table.ended;
  const text = stdout.replaceAll(/\u001b\[[\d;]*m/g, "");
  assert.match(text, /^APPLICATION +SERVICE +ENTRY +CALLS\/S +5XX\/S +REFUSED\/S +P50 +P99 +IN FLIGHT\r\n/);
  assert.match(text, /\nshop +orders-api +- +\d+\.\d +\d+\.\d +0\.0 +\d\S* ms/);
  assert.match(text, /code 0/);
  assert.doesNotMatch(stdout, /1049h/);
});

test("top - a call that is under way is counted until it ends", async () => {
  const running = startProgram([process.execPath, appconnPath, "top", "--interval", "1s", ...server()]);
  const inFlight = (): readonly number[] =>
    running.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { calls: { inFlight: number }[] }).calls)
      .map((rows) => rows.reduce((sum, row) => sum + row.inFlight, 0));
  await eventually(() => assert.ok(inFlight().length > 0), { timeout: 30_000 });
  const gateway = installation.address("gateway");
  const held = [1, 2].map((number) => fetch(new URL(`/shop/orders-api/held/${number}`, gateway)));
  await eventually(() => assert.ok((inFlight().at(-1) ?? 0) >= 2, running.stdout), { timeout: 30_000 });
  released.resolve();
  await Promise.all(held);
  const seen = inFlight().length;
  await eventually(
    () => {
      assert.ok(inFlight().length > seen + 1);
      assert.ok((inFlight().at(-1) ?? 9) <= 1, running.stdout);
    },
    { timeout: 30_000 },
  );
  running.process.kill();
  await running.ended;
});

test("top - a terminal is redrawn in place, and left as it was when q or Ctrl-C is typed", async () => {
  for (const key of ["q", "\u0003"]) {
    const running = onTerminal(["top", "--interval", "1s"]);
    // eslint-disable-next-line no-await-in-loop -- one terminal after the other
    await eventually(() => assert.ok(running.stdout.split("calls/s").length > 3, running.stdout), {
      timeout: 30_000,
    });
    running.process.stdin.write(key);
    // eslint-disable-next-line no-await-in-loop -- as above
    const { stdout } = await running.ended;
    const [, screen = "", rest = ""] = /\u001b\[\?1049h(.*)\u001b\[\?1049l(.*)$/s.exec(stdout) ?? [];
    assert.match(screen, /^\u001b\[\?25l\u001b\[\?7l\u001b\[H/);
    assert.match(screen, /\u001b\[\?7h\u001b\[\?25h$/);
    // Nothing is cleared before it is drawn, only what is left over behind it.
    assert.doesNotMatch(screen, /\u001b\[2J/);
    assert.match(
      screen,
      /\u001b\[Happconn top  \d\d:\d\d:\d\d   1 API of 1 Application\u001b\[K\r\r\n\d+\.\d calls\/s   5xx 50?\.?/,
    );
    assert.match(rest, /code 0/);
    assert.match(rest, /[^-]icanon/, "the terminal takes lines again");
    assert.match(rest, /[^-]echo\b/);
  }
});

test("top - what the server refuses is told on the screen that was there before, with its exit code", async () => {
  const created = await installation.admin("POST", "/v1/access/tokens", {
    body: { name: "crm", role: "viewer", applications: ["crm"] },
  });
  const { token } = (await created.json()) as { token: string };
  const kubeconfig = join(installation.path, "limited");
  const words = ["top", "--application", "shop", "--kubeconfig", kubeconfig];
  const url = `http://127.0.0.1:${installation.address("admin API").port}`;
  const config = {
    clusters: [{ name: "a", cluster: { server: url } }],
    users: [{ name: "a", user: { token } }],
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    "current-context": "a",
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const command = [process.execPath, appconnPath, ...words].map((word) => `'${word}'`).join(" ");
  const running = startProgram(["script", "-qec", `${command}; echo "code $?"`, "/dev/null"], {
    env: { TERM: "xterm", SHELL: "/bin/sh" },
  });
  const { stdout } = await running.ended;
  assert.match(
    stdout,
    /1049l.*Error from server: \/v1\/live\/calls is forbidden: User "crm" cannot GET it.*code 1/s,
  );
});

test("logs - a pipe gets the lines of the log, of what is asked for alone, and no query", async () => {
  const { code, stdout, stderr } = await appconn([
    "logs",
    "--status",
    "5xx",
    "--application",
    "shop",
    ...server(),
  ]);
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { status: number; path: string });
  assert.ok(lines.length > 2);
  assert.ok(lines.every(({ status, path }) => status === 502 && path === "/shop/orders-api/fails"));
  const all = await appconn(["logs", "--since", "1h", ...server()]);
  assert.match(all.stdout, /"path":"\/shop\/orders-api\/ok"/);
  assert.doesNotMatch(all.stdout, /hidden|secret/);
  const other = await appconn(["logs", "--application", "crm", ...server()]);
  assert.deepEqual([other.code, other.stdout], [0, ""]);
});

test("logs - followed on a terminal, each call is a coloured line as it ends", async () => {
  const running = onTerminal(["logs", "-f", "--service", "orders-api"]);
  await eventually(
    () => {
      assert.match(
        running.stdout,
        /\u001b\[31m502\u001b\[39m GET \/shop\/orders-api\/fails  \d+\.\d ms \(target/,
      );
      assert.match(running.stdout, /\u001b\[32m200\u001b\[39m GET \/shop\/orders-api\/ok  /);
    },
    { timeout: 30_000 },
  );
  running.process.stdin.write("\u0003");
  await running.ended;
});

test("logs - a server whose log goes to stdout says so, and how to change it; what happens is shown all the same", async () => {
  await using other = await ServedInstallation.start();
  const { code, stderr } = await appconn(["logs", "--data-dir", other.data]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /what has been cannot be shown, only what happens: telemetry\.accessLog\.destination is no file of this server/,
  );
  const running = startProgram([process.execPath, appconnPath, "logs", "-f", "--data-dir", other.data]);
  await eventually(
    async () => {
      await (await fetch(new URL("/nobody/at-home", other.address("gateway")))).text();
      assert.match(running.stdout, /"path":"\/nobody\/at-home"/);
    },
    { timeout: 30_000 },
  );
  running.process.kill();
  await running.ended;
});
