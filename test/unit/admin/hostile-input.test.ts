import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, suite, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import protobuf from "protobufjs/minimal.js";
import { APPLICATIONS, application, ask, CONFIG_MAPS, secret, SECRETS } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const CANARY = "canary-77ab";
const CANARY_BASE64 = Buffer.from(CANARY).toString("base64");
const merge = { "content-type": "application/merge-patch+json" };
const strategic = { "content-type": "application/strategic-merge-patch+json" };
const protobufType = { "content-type": "application/vnd.kubernetes.protobuf" };

/** A protobuf body of a kind whose message is `raw`. */
function envelope(kind: string, raw: Uint8Array): Uint8Array {
  const type = protobuf.Writer.create().uint32(10).string("v1").uint32(18).string(kind).finish();
  const body = protobuf.Writer.create().uint32(10).bytes(type).uint32(18).bytes(raw).finish();
  return Buffer.concat([Buffer.from("k8s\0"), body]);
}

function secretMessage(name: string): Uint8Array {
  const metadata = protobuf.Writer.create().uint32(10).string(name).finish();
  const entry = protobuf.Writer.create().uint32(10).string("password").uint32(18).string(CANARY).finish();
  return protobuf.Writer.create().uint32(10).bytes(metadata).uint32(18).bytes(entry).finish();
}

suite("admin hostile input", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
    const body = secret("kept", { stringData: { password: CANARY } });
    assert.equal((await ask(server, SECRETS, { body })).status, 201);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, [], "nothing here may reach the log as a surprise");
  });

  for (const [what, body] of [
    ["a million lists inside each other", "[".repeat(1_000_000) + "]".repeat(1_000_000)],
    ["a million objects inside each other", `${'{"a":'.repeat(300_000)}1${"}".repeat(300_000)}`],
    ["an unfinished million lists", "[".repeat(3_000_000)],
    ["lists 300 deep", `{"apiVersion":"v1","kind":"ConfigMap","data":${"[".repeat(300)}${"]".repeat(300)}}`],
    ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ["NUL bytes", Buffer.alloc(1000)],
    ["a byte order mark", "\ufeff{}"],
    ["comments", '{/* x */"metadata":{"name":"x"}}'],
    ["a trailing comma", '{"metadata":{"name":"x"},}'],
    ["two objects", '{"metadata":{"name":"x"}}{"metadata":{"name":"y"}}'],
    ["NaN", '{"metadata":{"name":NaN}}'],
    ["metadata as a list", '{"metadata":[]}'],
    ["metadata as a text", '{"metadata":"x"}'],
    ["a name that is a number", '{"metadata":{"name":7}}'],
    ["a name with a slash", '{"metadata":{"name":"a/b"}}'],
    ["a name of 300 characters", `{"metadata":{"name":"${"a".repeat(300)}"}}`],
    ["data as a list", '{"metadata":{"name":"x"},"data":[]}'],
    ["labels as numbers", '{"metadata":{"name":"x","labels":{"a":1}}}'],
  ] as const) {
    test(`create - ${what}: a clear refusal`, async () => {
      const { status, body: answered } = await ask(server, CONFIG_MAPS, { body });
      assert([400, 422].includes(status), `${status} ${answered.message}`);
      assert(answered.message.length < 2000);
    });
    test(`patch - ${what}: a clear answer`, async () => {
      for (const headers of [merge, strategic]) {
        const { status } = await ask(server, `${CONFIG_MAPS}/nobody`, { method: "PATCH", body, headers });
        assert([400, 404, 422].includes(status), String(status));
      }
    });
    test(`delete - ${what}: a clear answer`, async () => {
      const { status } = await ask(server, `${CONFIG_MAPS}/nobody`, { method: "DELETE", body });
      assert([400, 404, 422].includes(status), String(status));
    });
  }

  test("create - keys such as __proto__ are data, in every format", async () => {
    const value = '{"__proto__":"polluted","constructor":"c","toString":"t"}';
    const json = `{"metadata":{"name":"proto-json","labels":{"__proto__":"x"}},"data":${value}}`;
    const unlabelled = json.replace('"labels":{"__proto__":"x"}', '"annotations":{"a":"b"}');
    const created = await ask(server, CONFIG_MAPS, { body: unlabelled });
    assert.equal(created.status, 201, created.text);
    assert(created.text.includes(`"data":${value}`), created.text);
    const yaml = await ask(server, CONFIG_MAPS, {
      body: `metadata: {name: proto-yaml}\ndata: ${value}\n`,
      headers: { "content-type": "application/yaml" },
    });
    assert(yaml.text.includes(`"data":${value}`), yaml.text);
    const patched = await ask(server, `${CONFIG_MAPS}/proto-json`, {
      method: "PATCH",
      body: '{"data":{"__proto__":"again","toString":null}}',
      headers: merge,
    });
    assert(patched.text.includes('"data":{"__proto__":"again","constructor":"c"}'), patched.text);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
    assert.equal((await ask(server, CONFIG_MAPS, { body: json })).status, 422, "no label key begins with _");
  });

  test("create - an Application with __proto__ where fields stand drops it as unknown", async () => {
    const body = JSON.stringify(application("proto")).replace(
      '"description"',
      '"__proto__":{"admin":true},"description"',
    );
    const { status, headers, text } = await ask(server, APPLICATIONS, { body });
    assert.equal(status, 201);
    assert.match(headers.get("warning") ?? "", /unknown field \\"spec\.__proto__\\"/);
    assert(!text.includes("__proto__"));
  });

  test("create - field names that no header can carry are escaped in the warning", async () => {
    const body = JSON.stringify(application("odd", { spec: { ['a"b\\\r\nSet-Cookie: x=1\u2028ü']: 1 } }));
    const { status, headers } = await ask(server, APPLICATIONS, { body });
    assert.equal(status, 201);
    assert.equal(headers.get("set-cookie"), null);
    assert.match(headers.get("warning") ?? "", /^299 - "unknown field [\x20-\x7e]+"$/);
  });

  test("create - ten thousand unknown fields are one small answer", async () => {
    const spec = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, 1]));
    const { status, headers } = await ask(server, APPLICATIONS, { body: application("many", { spec }) });
    assert.equal(status, 201);
    assert((headers.get("warning") ?? "").length < 10_000);
  });

  test("yaml - deep nesting, alias bombs, circles, tags and several documents are refused", async () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let index = 0; index < 9; index++) {
      const [from, to] = [String.fromCharCode(97 + index), String.fromCharCode(98 + index)];
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
    }
    for (const body of [
      "[".repeat(100_000),
      `${"- ".repeat(50_000)}x`,
      bomb.join("\n"),
      "data: &a {b: *a}",
      "a: 1\n---\nb: 2",
      "a: *nowhere",
      "{",
      "\t- x",
      "!!js/function 'x'",
      "",
      "? {a: b} : c",
    ]) {
      const { status, body: answered } = await ask(server, CONFIG_MAPS, {
        body,
        headers: { "content-type": "application/yaml" },
      });
      assert([400, 422].includes(status), `${body.slice(0, 20)}: ${status} ${answered.message}`);
    }
  });

  test("protobuf - a body is read, and every truncation of it is refused", async () => {
    const whole = envelope("Secret", secretMessage("from-protobuf"));
    const created = await ask(server, SECRETS, { body: whole, headers: protobufType });
    assert.equal(created.status, 201, created.text);
    assert.deepEqual(created.body.data, { password: CANARY_BASE64 });
    for (let length = 0; length < whole.length; length++) {
      const { status, text } = await ask(server, SECRETS, {
        body: whole.subarray(0, length),
        headers: protobufType,
      });
      assert([400, 422].includes(status), `${length}: ${status} ${text}`);
      assert(!text.includes(CANARY) && !text.includes(CANARY_BASE64));
    }
  });

  test("protobuf - lying lengths, wrong types, groups, another kind and compressed contents are refused", async () => {
    const bodies = [
      Buffer.from("k8s\0\x12\xff\xff\xff\xff\x0f", "latin1"),
      Buffer.from("k8s\0\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "latin1"),
      envelope("Secret", Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x07, 0x00])),
      envelope("Secret", Buffer.from([0x08, 0x01])),
      envelope("Secret", Buffer.alloc(200_000, 0x0b)),
      envelope("Secret", Buffer.alloc(200_000, 0xff)),
      envelope("Pod", secretMessage("x")),
      envelope("ConfigMap", secretMessage("x")),
      envelope("DeleteOptions", Buffer.alloc(0)),
      Buffer.concat([envelope("Secret", secretMessage("x")), Buffer.from([0x1a, 4]), Buffer.from("gzip")]),
    ];
    for (const [index, body] of bodies.entries()) {
      const { status, text } = await ask(server, SECRETS, { body, headers: protobufType });
      assert([400, 422].includes(status), `${index}: ${status} ${text}`);
    }
    const options = { method: "DELETE", headers: protobufType };
    const removed = await ask(server, `${SECRETS}/kept`, {
      ...options,
      body: envelope("DeleteOptions", Buffer.from([0xff])),
    });
    assert.equal(removed.status, 400);
    const dryRun = envelope("DeleteOptions", Buffer.from([0x2a, 3, ...Buffer.from("All")]));
    assert.equal((await ask(server, `${SECRETS}/kept`, { ...options, body: dryRun })).status, 200);
    assert.equal((await ask(server, `${SECRETS}/kept`)).status, 200);
  });

  test("secrets - no refusal quotes a value, however it is sent", async () => {
    const wrong: object[] = [
      { data: { password: CANARY } },
      { data: { password: [CANARY_BASE64] } },
      { data: CANARY },
      { stringData: { password: { nested: CANARY } } },
      { stringData: [CANARY] },
      { stringData: { [`bad key`]: CANARY } },
      { stringData: { password: CANARY }, type: "kubernetes.io/tls" },
      { stringData: { ".dockerconfigjson": CANARY }, type: "kubernetes.io/dockerconfigjson" },
      { immutable: CANARY },
    ];
    const texts: string[] = [];
    for (const part of wrong) {
      const created = await ask(server, SECRETS, { body: secret("leak", part) });
      assert(created.status >= 400, created.text);
      const put = await ask(server, `${SECRETS}/kept`, { method: "PUT", body: secret("kept", part) });
      texts.push(created.text, put.text);
      for (const headers of [merge, strategic]) {
        const patch = { method: "PATCH", body: JSON.stringify(part), headers };
        texts.push((await ask(server, `${SECRETS}/kept`, patch)).text);
      }
    }
    for (const body of [
      `{"stringData":{"password":"${CANARY}"`,
      `{"metadata":{"name":"x"},"stringData":{"p":"${CANARY}"},}`,
      CANARY,
      `"${CANARY}"`,
    ]) {
      for (const type of ["application/json", "application/yaml"]) {
        const answer = await ask(server, SECRETS, { body, headers: { "content-type": type } });
        texts.push(answer.text);
      }
      texts.push((await ask(server, `${SECRETS}/kept`, { method: "PATCH", body, headers: merge })).text);
    }
    const refused = texts.filter((text) => text.includes('"status":"Failure"'));
    assert(refused.length > 30, String(refused.length));
    for (const text of refused) {
      assert(!text.includes(CANARY) && !text.includes(CANARY_BASE64) && !text.includes("canary"), text);
    }
  });

  test("paths - strange names are answered and never leave their place", async () => {
    for (const name of [
      "..%2f..%2fadmin-token",
      "a%00b",
      "%ff",
      "x".repeat(5000),
      "constructor",
      "__proto__",
      "a%0d%0ab",
      "%F0%9F%98%80",
    ]) {
      const { status } = await ask(server, `${APPLICATIONS}/${name}`);
      assert([400, 404].includes(status), `${name}: ${status}`);
    }
    assert.equal((await ask(server, `${APPLICATIONS}/%zz`)).status, 400);
  });

  const raw = async (bytes: string | Uint8Array, secure = false): Promise<string> => {
    const options = { host: "127.0.0.1", port: server.port, rejectUnauthorized: false };
    const socket = secure ? tlsConnect(options) : connect(options);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk)).on("error", () => {});
    socket.end(bytes);
    // Not `once` of node:events, which rejects when the connection is reset.
    await new Promise((resolve) => socket.once("close", resolve));
    return answer;
  };

  test("raw sockets - garbage, half requests and smuggling are refused on both sides of the port", async () => {
    const auth = `Authorization: Bearer ${server.token}\r\n`;
    const endless = `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(6_000)}\r\n`;
    assert.match(await raw(endless), /^HTTP\/1\.1 431 /);
    // Over TLS Node closes before what it wrote is encrypted.
    assert.match(await raw(endless, true), /^(HTTP\/1\.1 431 |$)/);
    for (const secure of [false, true]) {
      for (const bytes of ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"]) {
        assert.match(await raw(bytes, secure), /^HTTP\/1\.1 4\d\d /, JSON.stringify(bytes.slice(0, 30)));
      }
      const smuggle = `POST ${APPLICATIONS} HTTP/1.1\r\nHost: a\r\n${auth}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\n${auth}\r\n`;
      const answer = await raw(smuggle, secure);
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, answer);
      assert.match(answer, /^HTTP\/1\.1 400 /);
    }
    assert.equal((await ask(server, "/version")).status, 200);
  });

  test("raw sockets - a body that ends before its length, or grows over the limit, changes nothing", async () => {
    const head = `POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${server.token}\r\n`;
    const body = '{"metadata":{"name":"half"}}';
    await raw(`${head}Content-Length: 1000\r\n\r\n${body}`);
    const chunk = `100000\r\n${" ".repeat(0x100000)}\r\n`;
    assert.match(
      await raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`),
      /^HTTP\/1\.1 413 /,
    );
    assert.match(await raw(`${head}Content-Length: 4000000000\r\n\r\n${body}`), /^HTTP\/1\.1 413 /);
    assert.equal((await ask(server, `${CONFIG_MAPS}/half`)).status, 404);
  });
});
