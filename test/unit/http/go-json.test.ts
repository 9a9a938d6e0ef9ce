import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import fc from "fast-check";
import { goJson } from "../../../src/http/go-json.ts";
import { jsonError, sendJsonError } from "../../../src/http/json-error.ts";
import { anyText } from "../../doubles/any-text.ts";

test("go json - HTML characters, line separators and short escapes are written as Go writes them", () => {
  assert.equal(goJson("<a href='?b&c'>"), "\"\\u003ca href='?b\\u0026c'\\u003e\"");
  assert.equal(goJson("\b\f\n\r\t\u0001\u2028\u2029"), '"\\u0008\\u000c\\n\\r\\t\\u0001\\u2028\\u2029"');
  assert.equal(goJson(String.raw`\b \f \u003c`), String.raw`"\\b \\f \\u003c"`);
  assert.equal(goJson({ "a<": ["\uD800x"] }), '{"a\\u003c":["�x"]}');
});

test("go json - any value comes back from a JSON parser", () => {
  fc.assert(
    fc.property(anyText(), (value) => {
      const written = goJson({ value });
      assert.equal((JSON.parse(written) as { value: string }).value, value.toWellFormed());
      assert.doesNotMatch(written, /[<>&\u2028\u2029]/);
    }),
  );
});

test("json error - the body is the original's to the byte", async () => {
  assert.equal(jsonError(403, "Invalid token."), '{"code":403,"error":"Invalid token."}\n');
  const server = createServer((_request, response) => sendJsonError(response, 404, "no ä & b"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", agent: false });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.headers["content-type"], "application/json;charset=UTF-8");
  assert.equal(await text(answer), '{"code":404,"error":"no ä \\u0026 b"}\n');
  server.close();
});
