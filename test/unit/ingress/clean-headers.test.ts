import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { IngressRequest } from "../../../src/ingress/ingress-request.ts";
import { cleanHeaders } from "../../../src/ingress/clean-headers.ts";

const OWN = { clientCertificate: "ours", peer: "192.0.2.1", host: "gateway.localhost" };

/** A request as Node's parser makes it. */
function requestOf(rawHeaders: readonly string[]): IncomingMessage {
  const request = new IngressRequest(new Socket());
  request.rawHeaders = [...rawHeaders];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const present = request.headers[name];
    const value = rawHeaders[index + 1] as string;
    request.headers[name] = present === undefined ? value : `${String(present)}, ${value}`;
  }
  return request;
}

const FORGED = [
  "x-forwarded-client-cert",
  "client-cert",
  "tenant",
  "x-ssl-client-dn",
  "ssl-client-cert",
  "x-forwarded-for",
];

/** Any mixture of cases, `-` and `_`. */
const spelling = fc
  .constantFrom(...FORGED)
  .chain((name) =>
    fc
      .tuple(
        ...Array.from(name, (character) =>
          character === "-" ? fc.constantFrom("-", "_") : fc.constantFrom(character, character.toUpperCase()),
        ),
      )
      .map((characters) => characters.join("")),
  );

const header = fc.oneof(
  spelling.map((name) => [name, "forged"]),
  fc.constantFrom("Accept", "x-own", "X-Other").map((name) => [name, "kept"]),
  fc
    .constantFrom("X-Forwarded-Client-Cert", "x-own", "close", "x-forwarded-for, x-own", "Host")
    .map((name) => ["Connection", name]),
);

test("clean headers - however it is spelled, repeated or named in Connection, nothing forged is left", () => {
  fc.assert(
    fc.property(fc.array(header), (headers) => {
      const request = requestOf(headers.flat());
      cleanHeaders(request, "gateway", OWN);
      const views = [request.rawHeaders, request.headers, request.headersDistinct];
      assert.doesNotMatch(JSON.stringify(views), /forged/);
      assert.equal(request.headers["x-forwarded-client-cert"], "ours");
      assert.deepEqual(request.headersDistinct["x-forwarded-client-cert"], ["ours"]);
      assert.equal(request.rawHeaders.filter((text) => text === "ours").length, 1);
      assert.equal(request.headers["x-forwarded-for"], "192.0.2.1");
      const named = headers.some(([name, value]) => name === "Connection" && value?.includes("x-own"));
      const kept = headers.filter(([name, value]) => value === "kept" && !(named && name === "x-own"));
      assert.equal(request.rawHeaders.filter((text) => text === "kept").length, kept.length);
    }),
  );
});

test("clean headers - all three views of Node agree", () => {
  const request = requestOf(["A", "1", "a", "2", "TENANT", "x", "B", "3"]);
  cleanHeaders(request, "gateway", OWN);
  assert.deepEqual({ ...request.headersDistinct }["a"], ["1", "2"]);
  assert.equal(request.headers["a"], "1, 2");
  assert.deepEqual(Object.keys(request.headers).toSorted(), Object.keys(request.headersDistinct).toSorted());
});

test("clean headers - without a certificate there is no header of one, and a token may stay", () => {
  const request = requestOf(["X-Forwarded-Client-Cert", "forged", "Connector-Token", "T"]);
  cleanHeaders(request, "pairing", { ...OWN, clientCertificate: undefined });
  assert.equal(request.headers["x-forwarded-client-cert"], undefined);
  assert.equal(request.headers["connector-token"], "T");
});
