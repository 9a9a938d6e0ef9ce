import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CLIENT, startOrdersSystem } from "../../examples/orders/system.ts";
import { repositoryRoot } from "../architecture/source-files.ts";
import { startAdminServer } from "../doubles/admin-server.ts";
import { eventually } from "../doubles/eventually.ts";
import { FREE_PORTS } from "../doubles/free-ports.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn, appconnPath, startProgram } from "./appconn-process.ts";

const story = join(repositoryRoot, "examples/orders/story.ts");

const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;

async function system(tokenSeconds = 30) {
  const lines: string[] = [];
  const running = await startOrdersSystem({ port: 0, tokenSeconds, log: (line) => lines.push(line) });
  return { ...running, lines, [Symbol.asyncDispose]: () => running.close() };
}

async function token(origin: string, init: RequestInit) {
  const response = await fetch(`${origin}/oauth/token`, { method: "POST", ...init });
  return {
    status: response.status,
    body: (await response.json()) as { access_token?: string; expires_in?: number },
  };
}

test("orders system - it answers with an order to a valid token only", async () => {
  await using orders = await system();
  assert.equal((await fetch(`${orders.origin}/orders/42`)).status, 401);
  const invented = await fetch(`${orders.origin}/orders/42`, {
    headers: { authorization: "Bearer invented" },
  });
  assert.equal(invented.status, 401);
  assert.equal(invented.headers.get("www-authenticate"), 'Bearer realm="orders"');
  const grant = new URLSearchParams({ grant_type: "client_credentials" });
  const { body } = await token(orders.origin, {
    headers: { authorization: basic(CLIENT.id, CLIENT.secret) },
    body: grant,
  });
  const headers = { authorization: `Bearer ${body.access_token}`, "x-warehouse": "berlin" };
  const order = await fetch(`${orders.origin}/orders/42`, { headers });
  assert.deepEqual(await order.json(), { id: 42, item: "anvil", quantity: 1, warehouse: "berlin" });
  assert.equal((await fetch(`${orders.origin}/nothing`, { headers })).status, 404);
});

test("orders system - tokens are given to the right client only, by header or form, and nothing secret is logged", async () => {
  await using orders = await system();
  const form = { grant_type: "client_credentials", client_id: CLIENT.id };
  const good = await token(orders.origin, {
    body: new URLSearchParams({ ...form, client_secret: CLIENT.secret }),
  });
  assert.deepEqual([good.status, good.body.expires_in], [200, 30]);
  const bad = await token(orders.origin, {
    body: new URLSearchParams({ ...form, client_secret: "wrong-canary" }),
  });
  assert.equal(bad.status, 401);
  const other = await token(orders.origin, {
    body: new URLSearchParams({ ...form, grant_type: "password" }),
  });
  assert.equal(other.status, 400);
  const secrets = [CLIENT.secret, "wrong-canary", good.body.access_token ?? ""];
  for (const secret of secrets) assert.ok(!orders.lines.join("\n").includes(secret));
});

test("orders example - the whole story runs against a running server and leaves nothing behind", async () => {
  using directory = new TemporaryDirectory();
  const data = join(directory.path, "data");
  const server = startProgram([process.execPath, appconnPath, "serve", "--data-dir", data, ...FREE_PORTS]);
  try {
    await eventually(() => assert.match(server.stderr, /is ready/), { timeout: 30_000 });
    // Nothing but the data directory is told: where the gateway listens stands in the kubeconfig there.
    const env = { APPCONN_DATA_DIR: data, ORDERS_PORT: "0" };
    const { code, stdout, stderr } = await startProgram([process.execPath, story], { env }).ended;
    assert.equal(code, 0, stdout + stderr);
    const inOrder = [
      /1\. Nobody gets an order[^]*401/,
      /orders-oauth created/,
      /200 \{"id":42,[^]*"warehouse":"berlin"/,
      /502 \{[^]*X-Gateway-Error: token/,
      /secret\/orders-oauth configured[^]*200 \{"id":42/,
      /"orders" deleted[^]*That is the whole story/,
    ];
    let rest = stdout;
    for (const expected of inOrder) {
      const found = expected.exec(rest);
      assert.ok(found, `${expected}\n${stdout}`);
      rest = rest.slice(found.index);
    }
    const left = await appconn(["get", "app", "-o", "name"], { env });
    assert.equal(left.stdout, "");
  } finally {
    server.process.kill("SIGTERM");
    assert.equal((await server.ended).code, 0);
  }
});

test("orders example - without a server the story says how to start one", async () => {
  using directory = new TemporaryDirectory();
  const env = { APPCONN_DATA_DIR: directory.path, ORDERS_PORT: "0" };
  const { code, stderr } = await startProgram([process.execPath, story], { env }).ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /broke off: error: .*\/kubeconfig is not there.*\(from APPCONN_DATA_DIR\)\. Start one with/,
  );
});

/** A kubeconfig for servers of which none listens. */
function deadKubeconfig(directory: TemporaryDirectory, hints: object): string {
  const file = join(directory.path, "kubeconfig");
  const extensions = [{ name: "appconn.dev", extension: hints }];
  writeFileSync(
    file,
    JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c" } }],
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1", extensions } }],
    }),
  );
  return file;
}

test("orders example - what it cannot reach is named with its URL and what to do", async () => {
  using directory = new TemporaryDirectory();
  const tell = async (file: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const words = [process.execPath, story, `--kubeconfig=${file}`] as const;
    const { code, stderr } = await startProgram(words, { env: { ORDERS_PORT: "0", ...env } }).ended;
    assert.equal(code, 1);
    return stderr;
  };
  const silent = await tell(deadKubeconfig(directory, { gatewayUrl: "http://localhost:1" }));
  assert.match(
    silent,
    /failed at https:\/\/127\.0\.0\.1:1 \(from .*\): is the server running\? \(npm start\)/,
  );
  const foreign = deadKubeconfig(directory, {});
  assert.match(await tell(foreign), /kubeconfig does not tell where the gateway is: set GATEWAY_URL/);
  assert.match(await tell(foreign, { GATEWAY_URL: "nonsense" }), /GATEWAY_URL is no URL: nonsense/);
  assert.match(
    await tell(foreign, { GATEWAY_URL: "http://localhost:1", ORDERS_PORT: "x" }),
    /ORDERS_PORT must be a number from 0 to 65535, not "x"/,
  );
});

test("orders example - a gateway that does not answer is named", async () => {
  await using server = await startAdminServer();
  const env = { APPCONN_DATA_DIR: server.directory, ORDERS_PORT: "0", GATEWAY_URL: "http://127.0.0.1:1/" };
  const { code, stderr } = await startProgram([process.execPath, story], { env }).ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /nothing answers at http:\/\/127\.0\.0\.1:1\/orders\/orders-api\/orders\/42 \(.*(ECONNREFUSED|bad port)\): .*npm start/,
  );
});

test("orders system - a port that is taken, or is none, is an error without a stack", async () => {
  await using other = await system();
  const start = (port: string) =>
    startProgram([process.execPath, join(repositoryRoot, "examples/orders/system.ts")], {
      env: { ORDERS_PORT: port },
    }).ended;
  const taken = await start(new URL(other.origin).port);
  assert.equal(taken.code, 1);
  assert.match(
    taken.stderr,
    new RegExp(`^the orders system cannot listen on ${other.origin}: another program listens there\\. .*\n$`),
  );
  assert.match((await start("99999")).stderr, /^ORDERS_PORT must be a number .*, not "99999"\n$/);
});
