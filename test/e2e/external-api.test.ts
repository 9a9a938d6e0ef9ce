import assert from "node:assert/strict";
import { request as send, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { externalApi, type ExternalApiContext } from "../../src/gateway/external-api/external-api.ts";
import { startListener } from "../../src/http/listener.ts";
import type { RequestHandler } from "../../src/http/request-handler.ts";
import { LOG_LEVELS, type LogLevel } from "../../src/telemetry/log-level.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { startMetrics } from "../../src/telemetry/metrics.ts";
import { eventually } from "../doubles/eventually.ts";
import { FakeClock } from "../doubles/fake-clock.ts";
import { parseMetrics } from "../doubles/parse-metrics.ts";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Api {
  readonly call: (call: Call) => Promise<Answer>;
  readonly level: () => LogLevel;
  readonly logged: readonly string[];
}

interface Changes extends Partial<ExternalApiContext> {
  /** The address that callers seem to come from. */
  readonly peer?: string;
}

async function withApi(use: (api: Api) => Promise<void>, { peer, ...changes }: Changes = {}): Promise<void> {
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const { log, level } = createLog({ level: "info", form: "json", write, clock: new FakeClock() });
  const ready = () => Promise.resolve(undefined);
  const options = { logLevelFromAnywhere: false };
  const api = externalApi({ options, log, level, metrics: undefined, ready, ...changes });
  const handler: RequestHandler = (request, response) => {
    if (peer !== undefined) Object.defineProperty(request.socket, "remoteAddress", { value: peer });
    api(request, response);
  };
  await using listener = await startListener({ host: "127.0.0.1", port: 0, setting: "test", handler });
  await use({ call: (call) => answered(listener.port, call), level: () => level.get(), logged });
}

async function answered(port: number, { method = "GET", path, headers = {}, body }: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = send({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
    const { statusCode: status = 0 } = response;
    text(response).then((answer) => resolve({ status, headers: response.headers, body: answer }), reject);
  });
  request.on("error", reject).end(body);
  return promise;
}

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

function put(body: string, changes: Partial<Call> = {}): Call {
  return { method: "PUT", path: "/v1/loglevel", body, ...changes };
}

test("external API - GET /v1/health answers 200 with nothing", () =>
  withApi(async ({ call }) => {
    const { status, headers, body } = await call({ path: "/v1/health" });
    assert.deepEqual([status, body, headers["content-length"]], [200, "", "0"]);
  }));

test("external API - GET /v1/loglevel answers the level as JSON with a line feed", () =>
  withApi(async ({ call }) => {
    const { status, headers, body } = await call({ path: "/v1/loglevel" });
    assert.deepEqual(
      [status, headers["content-type"], body],
      [200, "application/json", '{"level":"info"}\n'],
    );
  }));

for (const level of LOG_LEVELS) {
  test(`external API - PUT /v1/loglevel sets ${level} by JSON and answers it`, () =>
    withApi(async (api) => {
      const { status, headers, body } = await api.call(put(`{"level":"${level}"}`));
      const expected = [200, "application/json", `{"level":"${level}"}\n`];
      assert.deepEqual([status, headers["content-type"], body], expected);
      assert.equal(api.level(), level);
    }));
}

/** What is sent and which level stands after it, answered with 200. */
const accepted: readonly (readonly [name: string, call: Call, level: LogLevel])[] = [
  ["a form body", put("level=debug", { headers: FORM }), "debug"],
  ["a form query", put("", { path: "/v1/loglevel?level=error", headers: FORM }), "error"],
  [
    "a form body against its query",
    put("level=warn", { path: "/v1/loglevel?level=error", headers: FORM }),
    "warn",
  ],
  ["an escaped form body", put("x=1&level=%64ebug", { headers: FORM }), "debug"],
  [
    "JSON of another content type",
    put('{"level":"debug"}', { headers: { "Content-Type": "text/plain" } }),
    "debug",
  ],
  ["upper case", put('{"level":"DEBUG"}'), "debug"],
  ["a member of another case", put('{"Level":"debug"}'), "debug"],
  ["an empty level in JSON, which means info", put('{"level":""}'), "info"],
  ["other members", put('{"a":[1],"level":"debug"}'), "debug"],
];

for (const [name, sent, level] of accepted) {
  test(`external API - PUT /v1/loglevel takes ${name}`, () =>
    withApi(async (api) => {
      const { status, body } = await api.call(sent);
      assert.deepEqual([status, body, api.level()], [200, `{"level":"${level}"}\n`, level]);
    }));
}

const MISSING = "must specify logging level";

/** What is sent and the error it gets, with 400. */
const refused: readonly (readonly [name: string, call: Call, error: string])[] = [
  ["an unknown level in a form", put("level=x", { headers: FORM }), 'unrecognized level: "x"'],
  ["an unknown level in JSON", put('{"level":"x"}'), 'malformed request body: unrecognized level: "x"'],
  ["a form without a level", put("a=b", { headers: FORM }), MISSING],
  ["an empty form", put("", { headers: FORM }), MISSING],
  [
    "an empty level in a form, whatever the query says",
    put("level=", { path: "/v1/loglevel?level=debug", headers: FORM }),
    MISSING,
  ],
  ["an object without a level", put("{}"), MISSING],
  ["null", put("null"), MISSING],
  ["a level of null", put('{"level":null}'), MISSING],
  ["nothing", put(""), "malformed request body: EOF"],
  ["no JSON", put("level=debug"), "malformed request body: it is not JSON"],
  [
    "a form with a charset, which is no form",
    put("level=debug", { headers: { "Content-Type": `${FORM["Content-Type"]}; charset=utf-8` } }),
    "malformed request body: it is not JSON",
  ],
  ["an array", put('["debug"]'), "malformed request body: a JSON object is expected"],
  ["a number", put('{"level":1}'), "malformed request body: level must be a string"],
  [
    "quotes in a level",
    put(`level=${encodeURIComponent('"\n')}`, { headers: FORM }),
    'unrecognized level: "\\"\\n"',
  ],
];

for (const [name, sent, error] of refused) {
  test(`external API - PUT /v1/loglevel refuses ${name} and changes nothing`, () =>
    withApi(async (api) => {
      const { status, headers, body } = await api.call(sent);
      assert.deepEqual([status, headers["content-type"]], [400, "application/json"]);
      assert.equal(body, `${JSON.stringify({ error })}\n`);
      assert.equal(api.level(), "info");
    }));
}

test("external API - PUT /v1/loglevel refuses a body of 100 KB with an answer", () =>
  withApi(async (api) => {
    const { status, body } = await api.call(put(`{"level":"debug","x":"${"y".repeat(100_000)}"}`));
    assert.deepEqual([status, body], [400, '{"error":"malformed request body: it is too large"}\n']);
    assert.equal(api.level(), "info");
  }));

for (const peer of ["10.1.2.3", "::ffff:10.1.2.3", "fe80::1", "2001:db8::127.0", "128.0.0.1", "10.127.0.1"]) {
  test(`external API - PUT /v1/loglevel from ${peer} is refused and changes nothing`, () =>
    withApi(
      async (api) => {
        const { status, headers, body } = await api.call(put('{"level":"debug"}'));
        assert.deepEqual([status, headers["content-type"]], [403, "application/json;charset=UTF-8"]);
        const error = "The log level may be changed from the same machine only.";
        assert.equal(body, `${JSON.stringify({ code: 403, error })}\n`);
        assert.equal(api.level(), "info");
        assert.equal((await api.call({ path: "/v1/loglevel" })).status, 200);
      },
      { peer },
    ));
}

for (const peer of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
  test(`external API - PUT /v1/loglevel from ${peer} is taken`, () =>
    withApi(async (api) => assert.equal((await api.call(put('{"level":"debug"}'))).status, 200), { peer }));
}

test("external API - PUT /v1/loglevel is taken from anywhere where the setting says so", () =>
  withApi(async (api) => assert.equal((await api.call(put('{"level":"debug"}'))).status, 200), {
    peer: "10.1.2.3",
    options: { logLevelFromAnywhere: true },
  }));

test("external API - a change of the level is logged, also when it silences the log", () =>
  withApi(async ({ call, logged }) => {
    await call(put('{"level":"error"}'));
    await call(put('{"level":"debug"}'));
    const changes = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      changes.map(({ from, to, peer }) => [from, to, peer]),
      [
        ["info", "error", "127.0.0.1"],
        ["error", "debug", "127.0.0.1"],
      ],
    );
  }));

const NOT_FOUND = '{"code":404,"error":"Requested resource could not be found."}\n';

for (const path of [
  "/",
  "/v1",
  "/v1/health/",
  "/v1/Health",
  "//v1/health",
  "/metrics",
  "/v1/health%2F",
  "*",
]) {
  test(`external API - GET ${path} answers 404`, () =>
    withApi(async ({ call }) => {
      const { status, headers, body } = await call({ path });
      assert.deepEqual(
        [status, headers["content-type"], body],
        [404, "application/json;charset=UTF-8", NOT_FOUND],
      );
    }));
}

const NOT_ALLOWED = '{"code":405,"error":"Method not allowed."}\n';

for (const [method, path, allow] of [
  ["POST", "/v1/health", "GET"],
  ["PUT", "/v1/health", "GET"],
  ["DELETE", "/v1/loglevel", "GET, PUT"],
  ["POST", "/v1/loglevel", "GET, PUT"],
  ["OPTIONS", "/v1/loglevel", "GET, PUT"],
  ["POST", "/v1/ready", "GET"],
] as const) {
  test(`external API - ${method} ${path} answers 405`, () =>
    withApi(async ({ call }) => {
      const { status, headers, body } = await call({ method, path });
      assert.deepEqual([status, headers["content-type"]], [405, "application/json;charset=UTF-8"]);
      assert.deepEqual([body, headers.allow], [NOT_ALLOWED, allow]);
    }));
}

test("external API - HEAD is another method too", () =>
  withApi(async ({ call }) => {
    const { status, headers, body } = await call({ method: "HEAD", path: "/v1/health" });
    assert.deepEqual([status, headers["content-type"], body], [405, "application/json;charset=UTF-8", ""]);
  }));

test("external API - a query and an absolute target change nothing", () =>
  withApi(async ({ call }) => {
    assert.equal((await call({ path: "/v1/health?x=1" })).status, 200);
    assert.equal((await call({ path: "http://gateway:8081/v1/health" })).status, 200);
    assert.equal((await call({ path: "http://gateway:8081" })).status, 404);
  }));

test("external API - GET /v1/ready answers 200 when calls can be served", () =>
  withApi(async ({ call }) => {
    const { status, body } = await call({ path: "/v1/ready" });
    assert.deepEqual([status, body], [200, '{"status":"ready"}\n']);
  }));

test("external API - GET /v1/ready answers 503 with the reason when they cannot", () =>
  withApi(
    async ({ call }) => {
      const { status, headers, body } = await call({ path: "/v1/ready" });
      assert.deepEqual([status, headers["content-type"]], [503, "application/json;charset=UTF-8"]);
      assert.equal(body, '{"code":503,"error":"not ready: the store is not reachable"}\n');
    },
    { ready: () => Promise.resolve("the store is not reachable") },
  ));

test("external API - a check of readiness that throws or hangs answers 503", async () => {
  const refuse = () => Promise.reject(new Error("connect https://me:hidden@store failed"));
  await withApi(
    async ({ call }) => {
      const { status, body } = await call({ path: "/v1/ready" });
      assert.deepEqual(
        [status, JSON.parse(body)],
        [503, { code: 503, error: "not ready: connect https://store failed" }],
      );
    },
    { ready: refuse },
  );
  const { promise: never } = Promise.withResolvers<undefined>();
  await withApi(async ({ call }) => assert.equal((await call({ path: "/v1/ready" })).status, 503), {
    ready: () => never,
  });
});

test("external API - GET /metrics answers the Prometheus text format", async () => {
  using metrics = startMetrics({
    version: "1",
    durationsPerApplication: true,
    sinks: [],
    clock: new FakeClock(),
  });
  await withApi(
    async ({ call }) => {
      const { status, headers, body } = await call({ path: "/metrics" });
      assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
      assert.equal(parseMetrics(body).get("application_gateway_inflight")?.samples[0]?.value, 0);
      assert.equal((await call({ method: "POST", path: "/metrics" })).status, 405);
    },
    { metrics },
  );
});

test("external API - a reader of metrics that goes away in the middle costs nothing", async () => {
  let ended = false;
  const pieces = async function* () {
    try {
      for (let count = 0; count < 10_000; count++) yield "x".repeat(65_536);
    } finally {
      ended = true;
    }
  };
  const endless = { contentType: "text/plain", text: pieces, [Symbol.dispose]: () => {} };
  const { promise, resolve } = Promise.withResolvers<void>();
  const handler = externalApi({
    options: { logLevelFromAnywhere: false },
    ...createLog({ level: "info", form: "json", write: () => {}, clock: new FakeClock() }),
    metrics: endless,
    ready: () => Promise.resolve(undefined),
  });
  await using listener = await startListener({ host: "127.0.0.1", port: 0, setting: "test", handler });
  const request = send({ host: "127.0.0.1", port: listener.port, path: "/metrics" }, (response) => {
    response.once("data", () => request.destroy());
  });
  request.on("error", () => {}).on("close", () => resolve());
  request.end();
  await promise;
  await eventually(() => assert.equal(ended, true));
});

test("external API - GET of an Application's services answers what is known of them, piece by piece", () => {
  const services = (name: string) => (name === "shop" ? ['{"services":[', "]}\n"] : undefined);
  return withApi(
    async ({ call }) => {
      const { status, headers, body } = await call({ path: "/v1/applications/shop/services" });
      assert.deepEqual(
        [status, headers["content-type"], body],
        [200, "application/json", '{"services":[]}\n'],
      );
      const unknown = await call({ path: "/v1/applications/erp/services" });
      assert.equal(unknown.status, 404);
      assert.deepEqual(JSON.parse(unknown.body), {
        code: 404,
        error: "application with name erp not found",
      });
    },
    { services },
  );
});

test("external API - services are not listed before they have been read, nor without a gateway, nor with POST", async () => {
  const path = "/v1/applications/shop/services";
  await withApi(
    async ({ call }) => {
      assert.equal((await call({ path })).status, 503);
      const { status, headers } = await call({ path, method: "POST" });
      assert.deepEqual([status, headers.allow], [405, "GET"]);
      assert.equal((await call({ path: `${path}/` })).status, 404);
    },
    { services: () => "unread" },
  );
  await withApi(async ({ call }) => assert.equal((await call({ path })).status, 404));
});
