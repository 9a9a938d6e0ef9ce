import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CLIENT, startOrdersSystem } from "../../examples/orders/system.ts";
import { repositoryRoot } from "../architecture/source-files.ts";
import { eventually } from "../doubles/eventually.ts";
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
  const ports = ["gateway-port", "gateway-compass-port", "gateway-health-port", "admin-port"];
  const server = startProgram([
    process.execPath,
    appconnPath,
    "serve",
    "--data-dir",
    data,
    ...ports.map((port) => `--${port}=0`),
  ]);
  try {
    await eventually(() => assert.match(server.stderr, /is ready/), { timeout: 30_000 });
    const gateway = /gateway +(http:\S+)/.exec(server.stderr)?.[1];
    const env = { APPCONN_DATA_DIR: data, GATEWAY_URL: gateway, ORDERS_PORT: "0" };
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
  assert.match(stderr, /is the server running\? \(npm start\)/);
});
