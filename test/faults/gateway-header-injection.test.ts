import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ApplicationEntry } from "../../src/core/resources/application.ts";
import { shop } from "../doubles/applications.ts";
import { startGateway } from "../doubles/gateway.ts";
import { startTarget } from "../doubles/target.ts";

/** What somebody who may write one value would like to add to the request or to the answer. */
const EVIL = "value\r\nX-Evil: 1";

const CREDENTIALS = (type: string, authenticationUrl: string) => ({
  credentials: { type, secretName: "s", authenticationUrl },
});

interface Row {
  readonly entry: (tokenUrl: string) => Partial<ApplicationEntry>;
  readonly secret: Readonly<Record<string, string>>;
}

const PARAMETERS = { entry: () => ({ requestParametersSecretName: "s" }) };

const SECRETS: Readonly<Record<string, Row>> = {
  "a user name": { entry: (url) => CREDENTIALS("Basic", url), secret: { username: EVIL, password: "p" } },
  "a password": { entry: (url) => CREDENTIALS("Basic", url), secret: { username: "u", password: EVIL } },
  "a client id": { entry: (url) => CREDENTIALS("OAuth", url), secret: { clientId: EVIL, clientSecret: "s" } },
  "a client secret": {
    entry: (url) => CREDENTIALS("OAuth", url),
    secret: { clientId: "i", clientSecret: EVIL },
  },
  "a header of the token request": {
    entry: (url) => CREDENTIALS("OAuth", url),
    secret: { clientId: "i", clientSecret: "s", headers: JSON.stringify({ "X-A": [EVIL] }) },
  },
  "a header's value": { ...PARAMETERS, secret: { headers: JSON.stringify({ "X-A": [EVIL] }) } },
  "a header's second value": {
    ...PARAMETERS,
    secret: { headers: JSON.stringify({ "X-A": ["fine", EVIL] }) },
  },
  "a header's name": { ...PARAMETERS, secret: { headers: JSON.stringify({ "X-A: 1\r\nX-Evil": ["1"] }) } },
  "a header's name with a blank": { ...PARAMETERS, secret: { headers: JSON.stringify({ "X A": ["1"] }) } },
  "a header's name with a colon": {
    ...PARAMETERS,
    secret: { headers: JSON.stringify({ "X-Evil: 1": ["1"] }) },
  },
  "an empty header's name": { ...PARAMETERS, secret: { headers: JSON.stringify({ "": ["1"] }) } },
  "a NUL in a header's value": {
    ...PARAMETERS,
    secret: { headers: JSON.stringify({ "X-A": ["a\u0000b"] }) },
  },
  "a line feed alone": { ...PARAMETERS, secret: { headers: JSON.stringify({ "X-A": ["a\nX-Evil: 1"] }) } },
  "a carriage return alone": {
    ...PARAMETERS,
    secret: { headers: JSON.stringify({ "X-A": ["a\rX-Evil: 1"] }) },
  },
};

for (const [name, { entry, secret }] of Object.entries(SECRETS)) {
  test(`gateway header injection - through ${name} in a Secret is refused with 500`, async () => {
    await using target = await startTarget();
    await using tokens = await startTarget((call) =>
      call.respond(200, {}, '{"access_token":"t","expires_in":300}'),
    );
    await using gateway = await startGateway({
      applications: [shop(target.url, entry(`${tokens.url}/token`))],
      secrets: { s: secret },
    });
    const answer = await gateway.call("GET", "/shop/orders-api/x");
    equal(answer.status, 500);
    equal(answer.header("X-Gateway-Error"), "config");
    equal(answer.header("X-Evil"), undefined);
    equal(target.calls.length, 0);
    equal(tokens.calls.length, 0);
  });
}

test("gateway header injection - characters whose low byte is a line break leave as UTF-8", async () => {
  await using target = await startTarget();
  const value = "a\u010d\u010aX-Evil: 1";
  await using gateway = await startGateway({
    applications: [shop(target.url, { requestParametersSecretName: "s" })],
    secrets: { s: { headers: JSON.stringify({ "X-A": [value] }) } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(Buffer.from(target.last.header("X-A") ?? "", "latin1").toString(), value);
  equal(target.last.header("X-Evil"), undefined);
});

test("gateway header injection - through configured query parameters stays a parameter", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [shop(target.url, { requestParametersSecretName: "s" })],
    secrets: { s: { queryParameters: JSON.stringify({ "a b\r\n": [" HTTP/1.1\r\nX-Evil: 1\r\n\r\n"] }) } },
  });
  equal((await gateway.call("GET", "/shop/orders-api/x")).status, 200);
  equal(target.calls.length, 1);
  equal(target.last.header("X-Evil"), undefined);
  equal(target.last.path, "/x?a+b%0D%0A=+HTTP%2F1.1%0D%0AX-Evil%3A+1%0D%0A%0D%0A");
});

for (const encodeUrl of [true, false]) {
  for (const path of [
    "/a%0d%0aX-Evil:%201",
    "/a%0aX-Evil:1",
    "/a%20HTTP/1.1%0d%0aX-Evil:%201",
    "/%00",
    "/a?b=%0d%0aX-Evil:1",
  ]) {
    test(`gateway header injection - ${path} stays one path (encodeUrl ${encodeUrl})`, async () => {
      await using target = await startTarget();
      await using gateway = await startGateway({ applications: [shop(target.url, {}, { encodeUrl })] });
      const answer = await gateway.call("GET", `/shop/orders-api${path}`);
      ok(answer.status === 200 || answer.status === 400);
      equal(answer.header("X-Evil"), undefined);
      for (const call of target.calls) {
        equal(call.header("X-Evil"), undefined);
        ok(/^[!-~]+$/.test(call.path), JSON.stringify(call.path));
      }
    });
  }
}

test("gateway header injection - a targetUrl with a line break is no target", async () => {
  await using target = await startTarget();
  for (const url of [`${target.url}/a\r\nX-Evil: 1`, `${target.url}/a HTTP/1.1`, `${target.url}/?a=\n`]) {
    await using gateway = await startGateway({ applications: [shop(url)] });
    equal((await gateway.call("GET", "/shop/orders-api/x")).status, 500);
  }
  equal(target.calls.length, 0);
});

test("gateway header injection - a token from the CSRF endpoint cannot hold more than a value", async () => {
  await using target = await startTarget(async (call) => {
    if (call.path !== "/csrf") return call.respond(200);
    await call.write(
      "HTTP/1.1 200 OK\r\nX-Csrf-Token: t\u0001\u007f\r\nSet-Cookie: a=b\u0001; c=d\r\nContent-Length: 0\r\n\r\n",
    );
  });
  await using gateway = await startGateway({
    applications: [
      shop(target.url, {
        credentials: {
          type: "Basic",
          secretName: "s",
          csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
        },
      }),
    ],
    secrets: { s: { username: "u", password: "p" } },
  });
  const answer = await gateway.call("POST", "/shop/orders-api/x");
  ok(answer.status === 200 || answer.status === 502, String(answer.status));
  deepEqual(target.unreadable, []);
});

test("gateway header injection - whatever bytes a caller's header has, the target gets one request with one value", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({ applications: [shop(target.url)] });
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  await fc.assert(
    fc.asyncProperty(
      fc.array(byte, { maxLength: 12 }).map((bytes) => bytes.join("")),
      async (value) => {
        const before = target.calls.length;
        await using client = await gateway.connect();
        await client.send(
          `GET /shop/orders-api/x HTTP/1.1\r\nHost: g\r\nX-A: ${value}\r\nConnection: close\r\n\r\n`,
        );
        const answer = await client.response();
        const reached = target.calls.slice(before);
        ok(reached.length <= 1);
        if (answer.status === 200) {
          const [call] = reached;
          deepEqual(call?.headerAll("X-A"), [value.replace(/^[ \t]+|[ \t]+$/g, "")]);
        } else {
          equal(answer.status, 400);
          equal(reached.length, 0);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("gateway header injection - whatever bytes a caller's path has, the target gets one request within its path", async () => {
  await using target = await startTarget();
  await using gateway = await startGateway({
    applications: [
      shop(`${target.url}/base`),
      { ...shop(`${target.url}/base`, {}, { encodeUrl: false }), metadata: { name: "raw" } },
    ],
  });
  const piece = fc.oneof(
    fc.constantFrom(
      "..",
      "%2e%2e",
      "/",
      "//",
      "%2f",
      "%5c",
      "\\",
      ";",
      "?",
      "#",
      "%00",
      "%0d%0a",
      "%",
      "%zz",
      "(",
      "'",
      "|",
      "é",
      ":",
      "@",
      "*",
    ),
    fc.stringMatching(/^[a-z0-9]{1,4}$/),
  );
  const paths = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("shop", "raw"), paths, async (application, path) => {
      const before = target.calls.length;
      await using client = await gateway.connect();
      await client.send(
        `GET /${application}/orders-api/${path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n`,
      );
      const answer = await client.response();
      const reached = target.calls.slice(before);
      ok(reached.length <= 1);
      const [call] = reached;
      if (!call) return equal(answer.status, 400);
      ok(/^[!-~]+$/.test(call.path), JSON.stringify(call.path));
      const { pathname } = new URL(`http://t${call.path}`);
      ok(`${pathname}/`.startsWith("/base/"), call.path);
      deepEqual(target.unreadable, []);
    }),
    { numRuns: 500 },
  );
});
