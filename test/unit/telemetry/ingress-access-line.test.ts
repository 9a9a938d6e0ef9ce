import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { IngressRequest } from "../../../src/telemetry/channels.ts";
import { ingressAccessLine, ingressAccessText } from "../../../src/telemetry/ingress-access-line.ts";
import { anyText } from "../../doubles/any-text.ts";

const NOW = Date.UTC(2026, 0, 1);
const REQUEST: IngressRequest = {
  listener: "gateway",
  method: "GET",
  path: "/shop/v1/events",
  status: 403,
  failure: "INGRESS_CERTIFICATE_REVOKED",
  client: "shop",
  certificate: "ab".repeat(32),
  peer: "192.0.2.1",
  milliseconds: 1.23456,
};

test("ingress access line - says who asked for what, and why it was refused", () => {
  assert.deepEqual(JSON.parse(ingressAccessLine(REQUEST, NOW)), {
    time: "2026-01-01T00:00:00.000Z",
    log: "access",
    ...REQUEST,
    milliseconds: 1.235,
  });
  const line = ingressAccessText(REQUEST, NOW);
  assert.match(
    line,
    / IN {4}GET \/shop\/v1\/events {2}403 {2}1\.2 ms {2}shop {2}INGRESS_CERTIFICATE_REVOKED\n$/,
  );
});

test("ingress access line - what is not known is left out, and never a query", () => {
  const unknown = {
    ...REQUEST,
    failure: undefined,
    client: undefined,
    certificate: undefined,
    peer: undefined,
  };
  const path = "/v1/applications/signingRequests/info?token=secret";
  const line = ingressAccessLine({ ...unknown, path }, NOW);
  assert.deepEqual(Object.keys(JSON.parse(line) as object), [
    "time",
    "log",
    "listener",
    "method",
    "path",
    "status",
    "milliseconds",
  ]);
  assert.doesNotMatch(line + ingressAccessText({ ...unknown, path }, NOW), /secret/);
});

test("ingress access line - whatever a client sends, it is one line", () => {
  fc.assert(
    fc.property(anyText(), anyText(), (path, client) => {
      const request = { ...REQUEST, path, client };
      for (const line of [ingressAccessLine(request, NOW), ingressAccessText(request, NOW)]) {
        assert.equal(line.search(/[\n\r\u0085\u2028\u2029]/), line.length - 1);
      }
      assert.equal((JSON.parse(ingressAccessLine(request, NOW)) as { client: string }).client, client);
    }),
  );
});
