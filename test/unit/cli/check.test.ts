import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RequestHandler } from "../../../src/http/request-handler.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { commandLine, type CommandLineResult } from "../../doubles/command-line.ts";

const SHOWN = { serviceId: "1", displayName: "Orders\u001b[2J API", service: "orders", entry: "v1" };
const OK = { step: "name", state: "ok", milliseconds: 0, message: "called at /shop/orders/ on 8080" };
const FAILED = {
  step: "tcp",
  state: "failed",
  milliseconds: 1234,
  message: "connection refused",
  remedy: "Check the port.",
};

let asked = "";
let lines: readonly unknown[] = [];
let server: AdminServer;

/** What stands behind the admin API: it answers what the test says, and then ends. */
const answer: RequestHandler = (request, response) => {
  asked = `${request.method} ${request.url}`;
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
};

before(async () => {
  server = await startAdminServer({}, { internal: answer });
});
after(() => server[Symbol.asyncDispose]());

function check(words: readonly string[], isTTY: boolean): Promise<CommandLineResult> {
  return commandLine(["check", ...words, "--kubeconfig", server.kubeconfig], { isTTY });
}

const FAILING = [
  { kind: "running", ...SHOWN, step: "tcp" },
  { kind: "api", ok: false, ...SHOWN, steps: [OK, FAILED] },
  { kind: "end", ok: false, checked: 1, failed: 1, unchecked: 2 },
];

test("check - a terminal gets the steps as lines, with what to do below, and what is being tried meanwhile", async () => {
  lines = FAILING;
  const { code, stdout, stderr } = await check(["shop/Orders API"], true);
  assert.equal(code, 1);
  assert.equal(asked, "POST /v1/applications/shop/check?service=Orders+API");
  assert.equal(
    stdout,
    [
      "Orders [2J API (shop/orders/v1)",
      "  name      ok                 called at /shop/orders/ on 8080",
      "  tcp       failed    1234 ms  connection refused",
      "                             → Check the port.",
      "",
    ].join("\n"),
  );
  assert.match(stderr, /orders\/v1: tcp …/);
  assert.match(stderr, /1 of 1 APIs cannot be called as they should be; there was no time left for 2 more/);
});

test("check - a pipe gets one JSON document, without what was being tried, and so does yaml", async () => {
  lines = FAILING;
  const { code, stdout, stderr } = await check(["shop"], false);
  assert.equal(code, 1);
  assert.equal(asked, "POST /v1/applications/shop/check");
  assert.deepEqual(JSON.parse(stdout), {
    application: "shop",
    ok: false,
    checked: 1,
    failed: 1,
    unchecked: 2,
    apis: [{ ok: false, ...SHOWN, steps: [OK, FAILED] }],
  });
  assert.equal(stderr.includes("…"), false);
  assert.match((await check(["shop", "-o", "yaml"], true)).stdout, /^application: shop\nok: false\n/);
});

test("check - where nothing fails it ends with 0 and no word on standard error", async () => {
  lines = [
    { kind: "api", ok: true, ...SHOWN, steps: [OK] },
    { kind: "end", ok: true, checked: 1, failed: 0, unchecked: 0 },
  ];
  const { code, stderr } = await check(["shop"], false);
  assert.deepEqual([code, stderr], [0, ""]);
});

test("check - an answer that breaks off is no verdict", async () => {
  lines = FAILING.slice(0, 2);
  const { code, stdout, stderr } = await check(["shop"], false);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /the server broke the check off/);
});

test("check - without an Application, or with an empty service, it is a wrong command", async () => {
  for (const words of ["", "/orders", "shop/"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { code, stderr } = await check([words], false);
    assert.equal(code, 2, words);
    assert.match(stderr, /say which Application/);
  }
});
