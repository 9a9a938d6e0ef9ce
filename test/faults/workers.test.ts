import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { shop } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGatewayProcess, type GatewayProcess } from "../doubles/gateway-process.ts";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { answersExchanges } from "../doubles/token-exchange.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import type { RawClient } from "../doubles/raw-client.ts";
import { openUpgrade } from "../doubles/upgrade-caller.ts";
import { UpgradeTarget } from "../doubles/upgrade-target.ts";
import { appconn } from "../e2e/appconn-process.ts";
import { answersOk, startTarget } from "../doubles/target.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { callsByWorker, isRunning, scraped, workerOf, workersOf } from "../doubles/worker-processes.ts";

const PATH = "/shop/orders-api/x";

async function serve(targetUrl: string, settings: readonly string[] = []): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess(["--workers=2", ...settings]);
  await gateway.create(shop(targetUrl));
  await isSeenByAll(gateway, 200);
  return gateway;
}

/** Neighbouring connections go to different workers. */
async function isSeenByAll(gateway: GatewayProcess, status: number): Promise<void> {
  await eventually(async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => gateway.call("GET", PATH)));
    deepEqual(
      answers.map((answer) => answer.status),
      answers.map(() => status),
    );
  });
}

async function connectAll(gateway: GatewayProcess, count: number, stack: AsyncDisposableStack) {
  const clients: RawClient[] = [];
  for (let number = 0; number < count; number++) clients.push(stack.use(await gateway.connect()));
  return clients;
}

async function callOn(client: RawClient): Promise<number> {
  await client.request("GET", PATH);
  return (await client.response()).status;
}

function sharesOf(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number[] {
  const calls = Array.from(after, ([worker, count]) => count - (before.get(worker) ?? 0));
  const total = calls.reduce((sum, count) => sum + count, 0);
  return calls.map((count) => count / total);
}

test("workers - each of two serves half of the calls, on 64 kept connections and on 200 short ones", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  await using stack = new AsyncDisposableStack();
  const idle = await callsByWorker(gateway);
  const clients = await connectAll(gateway, 64, stack);
  for (let round = 0; round < 5; round++) {
    const statuses = await Promise.all(clients.map(callOn));
    ok(statuses.every((status) => status === 200));
  }
  const kept = await callsByWorker(gateway);
  for (const share of sharesOf(idle, kept)) ok(share >= 0.4 && share <= 0.6, `${share}`);
  for (let number = 0; number < 200; number++) {
    equal((await gateway.call("GET", PATH, ["Connection: close"])).status, 200);
  }
  for (const share of sharesOf(kept, await callsByWorker(gateway))) {
    ok(share >= 0.4 && share <= 0.6, `${share}`);
  }
});

test("workers - what one scrape tells is the sum of what they have served, also of one that was killed", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  const sum = async () => {
    const samples = await scraped(gateway, "application_gateway_requests_total");
    return samples
      .filter(({ labels }) => labels["application"] === "shop" && labels["code"] === "200")
      .reduce((total, { value }) => total + value, 0);
  };
  const before = await sum();
  for (let number = 0; number < 20; number++) await gateway.call("GET", PATH);
  equal(await sum(), before + 20);
  const pid = await workerOf(gateway, 1);
  process.kill(pid, "SIGKILL");
  await workerOf(gateway, 1, pid);
  for (let number = 0; number < 20; number++) await gateway.call("GET", PATH);
  equal(await sum(), before + 40);
  const processes = await scraped(gateway, "process_cpu_seconds_total");
  deepEqual(processes.map(({ labels }) => labels["worker"]).toSorted(), ["1", "2", undefined]);
  const [killed] = (await scraped(gateway, "appconn_worker_replacements_total")).filter(
    ({ labels }) => labels["reason"] === "killed",
  );
  equal(killed?.value, 1);
});

test("workers - one that is killed under load takes along the calls that it was serving, and nothing else", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  await using stack = new AsyncDisposableStack();
  const clients = await connectAll(gateway, 32, stack);
  const over = new AbortController();
  let answered = 0;
  const callUntilLost = async (client: RawClient) => {
    while (!over.signal.aborted) {
      try {
        equal(await callOn(client), 200);
        answered++;
      } catch (error) {
        match(String(error), /closed without an answer|ECONNRESET|EPIPE/);
        return true;
      }
    }
    return false;
  };
  const outcomes = Promise.all(clients.map(callUntilLost));
  await eventually(() => ok(answered > 1000), { timeout: 60_000 });
  const pid = await workerOf(gateway, 1);
  const connections = await eventually(async () => {
    const [ofFirst, ofSecond] = await scraped(gateway, "appconn_worker_connections");
    equal((ofFirst?.value ?? 0) + (ofSecond?.value ?? 0), 32);
    return ofFirst?.value;
  });
  process.kill(pid, "SIGKILL");
  // Callers that come meanwhile find somebody.
  for (let number = 0; number < 40; number++) equal((await gateway.call("GET", PATH)).status, 200);
  await workerOf(gateway, 1, pid);
  const then = answered;
  await eventually(() => ok(answered > then + 1000), { timeout: 60_000 });
  over.abort();
  const lost = (await outcomes).filter(Boolean).length;
  await isSeenByAll(gateway, 200);
  equal(lost, connections, "those of the one that was killed");
  gateway.signal("SIGTERM");
  const { stdout } = await gateway.ended;
  for (const line of stdout.trimEnd().split("\n")) JSON.parse(line);
});

test("workers - they end when the process that started them is killed", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  const workers = [...workersOf(gateway).values()];
  equal(workers.length, 2);
  ok(workers.every(isRunning));
  gateway.signal("SIGKILL");
  await gateway.ended;
  await eventually(() => deepEqual(workers.filter(isRunning), []));
});

test("workers - one that hangs is replaced, and callers find the other one meanwhile", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  const pid = await workerOf(gateway, 2);
  process.kill(pid, "SIGSTOP");
  const calls = Array.from({ length: 10 }, () => gateway.call("GET", PATH));
  await workerOf(gateway, 2, pid);
  ok(!isRunning(pid));
  for (const answer of await Promise.allSettled(calls)) {
    // Two at most had been handed to it: one that it had taken, one on its way.
    if (answer.status === "fulfilled") equal(answer.value.status, 200);
  }
  match(gateway.output, /"message":"a worker does not answer and is ended"/);
});

test("workers - one that cannot be started for want of descriptors is tried again until it can", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  const first = await workerOf(gateway, 1);
  limitDescriptors(gateway, "3:");
  process.kill(first, "SIGKILL");
  await eventually(() => match(gateway.output, /EMFILE.*"a worker cannot be started, and is tried again"/));
  limitDescriptors(gateway, "4096:");
  await workerOf(gateway, 1, first);
  await isSeenByAll(gateway, 200);
});

function limitDescriptors(gateway: GatewayProcess, softLimit: string): void {
  execFileSync("prlimit", [`--pid=${gateway.pid}`, `--nofile=${softLimit}`]);
}

test("workers - all of them see a change, and one that comes later", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  const { spec } = shop(`${target.url}/changed`);
  await gateway.patch("shop", { spec });
  await eventually(async () => {
    target.calls.length = 0;
    for (let number = 0; number < 6; number++) await gateway.call("GET", PATH);
    deepEqual([...new Set(target.calls.map(({ path }) => path))], ["/changed/x"]);
  });
  const pid = await workerOf(gateway, 2);
  process.kill(pid, "SIGKILL");
  await workerOf(gateway, 2, pid);
  target.calls.length = 0;
  for (let number = 0; number < 6; number++) equal((await gateway.call("GET", PATH)).status, 200);
  deepEqual([...new Set(target.calls.map(({ path }) => path))], ["/changed/x"]);
  await gateway.remove("shop");
  await isSeenByAll(gateway, 404);
});

test("workers - a thousand callers that come to both at once cause one request for a token", async () => {
  await using target = await startTarget();
  await using provider = await startIdentityProvider({ delay: 300 });
  await using gateway = await startGatewayProcess(["--workers=2"]);
  await gateway.createSecret("client", { clientId: "id", clientSecret: "canary-of-the-client" });
  const credentials = { type: "OAuth", secretName: "client", authenticationUrl: provider.tokenUrl };
  await using stack = new AsyncDisposableStack();
  const clients = await connectAll(gateway, 100, stack);
  await gateway.create(shop(target.url, { credentials }));
  const callTen = async (client: RawClient) => {
    // As long as the Application is not there, nothing is asked for.
    await eventually(async () => equal(await callOn(client), 200));
    for (let number = 1; number < 10; number++) equal(await callOn(client), 200);
  };
  await Promise.all(clients.map(callTen));
  equal(provider.requests.length, 1);
  equal((await scraped(gateway, "application_gateway_token_fetch_total"))[0]?.value, 1);
  const pid = await workerOf(gateway, 1);
  process.kill(pid, "SIGKILL");
  await workerOf(gateway, 1, pid);
  await isSeenByAll(gateway, 200);
  equal(provider.requests.length, 1, "its successor has the token of the others");
  target.answering = async (call) => {
    const isCurrent = call.header("Authorization") === `Bearer ${provider.issued.at(-1)}` && isRevoked();
    await call.respond(isCurrent ? 200 : 401, {}, "");
  };
  const isRevoked = () => provider.issued.length > 1;
  const answers = await Promise.all(Array.from({ length: 40 }, () => gateway.call("GET", PATH)));
  ok(answers.every(({ status }) => status === 200));
  equal(provider.requests.length, 2, "a refused token is asked for again once");
  ok(!gateway.output.includes("canary-of-the-client"));
});

test("workers - settings and secrets are in no argument and no variable of theirs", async () => {
  await using gateway = await startGatewayProcess(["--workers=2", "--outbound-denied-networks=192.0.2.77"]);
  await gateway.createSecret("basic", { username: "u", password: "canary-of-a-secret" });
  for (const pid of workersOf(gateway).values()) {
    const seen = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")).join();
    ok(!/canary-of-a-secret|192\.0\.2\.77|APPCONN_/.test(seen));
  }
});

test("workers - a circuit breaker that opens in one keeps the calls of the others from the target too", async () => {
  await using target = await startTarget(async (call) => call.respond(500, {}, ""));
  await using gateway = await startGatewayProcess(["--workers=2"]);
  await using stack = new AsyncDisposableStack();
  await gateway.create(annotated(shop(target.url), { "appconn.dev/circuit-breaker": "3/1h" }));
  const clients = await connectAll(gateway, 2, stack);
  const [one, other] = clients as [RawClient, RawClient];
  for (const client of [one, other]) await eventually(async () => equal(await callOn(client), 502));
  for (let number = 1; number < 3; number++) equal(await callOn(one), 502);
  equal(await callOn(one), 503);
  const before = target.calls.length;
  await eventually(async () => equal(await callOn(other), 503));
  ok(target.calls.length - before <= 1, "at most a call that was on its way");
});

/** Opens the breaker of an API whose target fails, and replaces all workers: none is left that has seen it. */
async function replacedWhileOpen(gateway: GatewayProcess, targetUrl: string, breaker: string) {
  await gateway.create(annotated(shop(targetUrl), { "appconn.dev/circuit-breaker": breaker }));
  await eventually(async () => equal((await gateway.call("GET", PATH)).status, 502));
  await eventually(async () => equal((await gateway.call("GET", PATH)).status, 503));
  const killed = [await workerOf(gateway, 1), await workerOf(gateway, 2)] as const;
  for (const pid of killed) process.kill(pid, "SIGKILL");
  await workerOf(gateway, 1, killed[0]);
  await workerOf(gateway, 2, killed[1]);
}

test("workers - those that take the place of others know which circuit breakers are open", async () => {
  await using target = await startTarget(async (call) => call.respond(500, {}, ""));
  await using gateway = await startGatewayProcess(["--workers=2"]);
  await replacedWhileOpen(gateway, target.url, "2/1h");
  const before = target.calls.length;
  for (let number = 0; number < 4; number++) equal((await gateway.call("GET", PATH)).status, 503);
  equal(target.calls.length, before);
});

test("workers - a breaker that those opened that are gone is closed by the first call that succeeds", async () => {
  let status = 500;
  await using target = await startTarget(async (call) => call.respond(status, {}, ""));
  await using gateway = await startGatewayProcess(["--workers=2"]);
  await replacedWhileOpen(gateway, target.url, "2/1s");
  status = 200;
  await isSeenByAll(gateway, 200);
  const [open] = await scraped(gateway, "application_gateway_breaker_open");
  equal(open?.value, 0);
});

test("workers - SIGTERM finishes 50 calls in flight, and no line of a log is lost or torn", async () => {
  await using target = await startTarget();
  await using gateway = await serve(target.url);
  target.calls.length = 0;
  target.answering = async () => {};
  const calls = Array.from({ length: 50 }, (_, index) => gateway.call("GET", `/shop/orders-api/${index}`));
  await eventually(() => equal(target.calls.length, 50), { timeout: 60_000 });
  gateway.signal("SIGTERM");
  for (const call of target.calls) await call.respond(200, {}, `for ${call.path}`);
  const answers = await Promise.all(calls);
  deepEqual(
    answers.map(({ status, text }) => [status, text]),
    answers.map((_, index) => [200, `for /${index}`]),
  );
  const { code, stdout } = await gateway.ended;
  equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  const parsed = lines.map((line) => JSON.parse(line) as { log?: string; path?: string });
  const served = parsed.filter(
    ({ log, path = "" }) => log === "access" && /^\/shop\/orders-api\/\d+$/.test(path),
  );
  equal(served.length, 50);
  const audit = readFileSync(`${gateway.dataDirectory}/audit.log`, "utf8").trimEnd().split("\n");
  equal(audit.filter((line) => /"path":"\/shop\/orders-api\/\d+"/.test(line)).length, 50);
});

test("workers - under load until SIGTERM every answer has its line", async () => {
  await using target = await startTarget(answersOk);
  await using gateway = await serve(target.url, ["--gateway-drain-timeout=10s"]);
  let answered = 0;
  const caller = async () => {
    for (;;) {
      await using client = await gateway.connect();
      let isKept = true;
      while (isKept) {
        await client.request("GET", "/shop/orders-api/loaded");
        const answer = await client.response();
        equal(answer.status, 200);
        answered++;
        isKept = answer.header("Connection") !== "close";
      }
    }
  };
  const callers = Array.from({ length: 16 }, () => caller().catch((error: unknown) => String(error)));
  await eventually(() => ok(answered > 1000), { timeout: 60_000 });
  gateway.signal("SIGTERM");
  for (const ending of await Promise.all(callers)) match(ending, /ECONNREFUSED|ECONNRESET|closed without/);
  const { code, stdout } = await gateway.ended;
  equal(code, 0);
  const lines = stdout.trimEnd().split("\n");
  const loaded = lines.filter(
    (line) => (JSON.parse(line) as { path?: string }).path === "/shop/orders-api/loaded",
  );
  equal(loaded.length, answered);
});

test("workers - the log level and readiness hold for all of them", async () => {
  await using gateway = await startGatewayProcess(["--workers=2"]);
  const health = gateway.address("health and metrics");
  equal((await fetch(new URL("/v1/ready", health))).status, 200);
  const setLevel = async (level: string) => {
    const put = {
      method: "PUT",
      body: JSON.stringify({ level }),
      headers: { "content-type": "application/json" },
    };
    equal((await fetch(new URL("/v1/loglevel", health), put)).status, 200);
  };
  const broken = (name: string) => ({
    ...shop("http://127.0.0.1:9", { credentials: { type: "Basic", secretName: "empty" } }),
    metadata: { name },
  });
  await gateway.createSecret("empty", { other: "x" });
  await setLevel("error");
  await gateway.create(broken("quiet"));
  await eventually(async () => equal((await gateway.call("GET", "/quiet/orders-api/x")).status, 502));
  await setLevel("info");
  await gateway.create(broken("loud"));
  await eventually(() => match(gateway.output, /"application":"loud"/));
  const warnings = gateway.output.split("\n").filter((line) => line.includes('"level":"warn"'));
  ok(warnings.some((line) => line.includes('"application":"loud"')));
  ok(!warnings.some((line) => line.includes('"application":"quiet"')));
});

test("workers - a single one is the process itself", async () => {
  await using gateway = await startGatewayProcess(["--workers=1"]);
  equal(workersOf(gateway).size, 0);
  deepEqual(await scraped(gateway, "appconn_worker_ready"), []);
  const [pid] = [gateway.pid];
  equal(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim(), "");
});

test("workers - what one of them cannot begin with is told as if there were none", async () => {
  using directory = new TemporaryDirectory();
  const serving = (workers: number) =>
    appconn([
      ...["serve", "--data-dir", directory.path, ...FREE_PORTS],
      ...[`--workers=${workers}`, "--outbound-ca-file=/nonexistent/ca.pem"],
    ]);
  const [alone, together] = [await serving(1), await serving(2)];
  equal(together.code, alone.code);
  match(together.stderr, /\/nonexistent\/ca\.pem/);
  equal(together.stderr, alone.stderr);
});

test("workers - an upgraded connection is served by one of them, and ends with the API", async () => {
  await using target = await UpgradeTarget.start();
  await using gateway = await serve(target.url);
  const port = Number(gateway.address("gateway").port);
  await using caller = await openUpgrade(port);
  await caller.head();
  await eventually(async () => equal((await scraped(gateway, "application_gateway_tunnels"))[0]?.value, 1));
  await gateway.remove("shop");
  await caller.ended();
  await eventually(async () => equal((await scraped(gateway, "application_gateway_tunnels"))[0]?.value, 0));
});

test("workers - a session against CSRF and a caller's exchanged token are fetched once for all", async () => {
  const answersExchange = answersExchanges();
  await using target = await startTarget(async (call) => {
    if (call.path === "/csrf") {
      const csrf = ["X-Csrf-Token: token-1", "Set-Cookie: session=1", "Content-Length: 0"];
      return call.write(`HTTP/1.1 200 OK\r\n${csrf.join("\r\n")}\r\n\r\n`);
    }
    return call.path === "/token" ? answersExchange(call) : answersOk(call);
  });
  await using gateway = await startGatewayProcess(["--workers=2"]);
  await gateway.createSecret("basic", { username: "u", password: "p" });
  await gateway.createSecret("exchange", {
    ...{ clientId: "id", clientSecret: "secret" },
    grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
  });
  const csrfInfo = { tokenEndpointURL: `${target.url}/csrf` };
  const protectedShop = shop(target.url, { credentials: { type: "Basic", secretName: "basic", csrfInfo } });
  await gateway.create({ ...protectedShop, metadata: { name: "protected" } });
  const authenticationUrl = `${target.url}/token`;
  await gateway.create(
    shop(target.url, { credentials: { type: "OAuth", secretName: "exchange", authenticationUrl } }),
  );
  const callEight = async (path: string, headers: readonly string[] = []) => {
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.call("GET", path, headers)));
      deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    });
  };
  await callEight("/protected/orders-api/x");
  for (const caller of ["anna", "bert"]) await callEight(PATH, [`Authorization: Bearer ${caller}`]);
  const count = (path: string) => target.calls.filter((call) => call.path === path).length;
  deepEqual([count("/csrf"), count("/token")], [1, 2]);
  const last = target.calls.filter(({ path }) => path === "/x");
  ok(last.slice(0, 8).every((call) => call.header("X-Csrf-Token") === "token-1"));
  deepEqual(
    new Set(last.slice(-8).map((call) => call.header("Authorization"))),
    new Set(["Bearer for-bert"]),
  );
});

test("workers - SIGTERM ends those that hang too, with connections that nobody has taken", async () => {
  await using gateway = await startGatewayProcess([
    "--workers=2",
    "--gateway-drain-timeout=1s",
    "--gateway-proxy-timeout=1s",
  ]);
  const workers = [...workersOf(gateway).values()];
  for (const pid of workers) process.kill(pid, "SIGSTOP");
  await using stack = new AsyncDisposableStack();
  const clients = await connectAll(gateway, 6, stack);
  gateway.signal("SIGTERM");
  await Promise.all(clients.map(({ closed }) => closed));
  equal((await gateway.ended).code, 0);
  deepEqual(workers.filter(isRunning), []);
});

test("workers - what their calls tell of an API is noticed, and 8081 lists the services that they serve", async () => {
  const target = await startTarget();
  await using gateway = await serve(target.url);
  await target[Symbol.asyncDispose]();
  const listed = await fetch(
    new URL("/v1/applications/shop/services", gateway.address("health and metrics")),
  );
  equal(listed.status, 200);
  match(await listed.text(), /orders-api/);
  equal((await gateway.call("GET", PATH)).status, 502);
  await eventually(async () => {
    const samples = await scraped(gateway, "appconn_notices_total");
    ok(samples.some(({ labels, value }) => labels["reason"] === "TargetNotReached" && value > 0));
  });
});
