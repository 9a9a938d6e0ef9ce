import assert from "node:assert/strict";
import { test } from "node:test";
import { openSpecifications } from "./opened-specifications.ts";
import { startTarget, type Answering } from "../../../doubles/target.ts";
import { TestAuthority } from "../../../doubles/certificates.ts";

const DOCUMENT = '{"swagger":"2.0"}';

const answersDocument: Answering = (call) => call.respond(200, {}, DOCUMENT);

test("specification - what is given inline wins over its URL, and nothing is fetched", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget(answersDocument);
  const api = { spec: Buffer.from('{"a":1.0}'), specificationUrl: server.url, apiType: "odata" };
  assert.equal(await opened.obtain(api), '{"a":1.0}');
  assert.equal(server.calls.length, 0);
});

for (const spec of [undefined, "", "null"]) {
  test(`specification - ${JSON.stringify(spec)} inline is none: its URL is fetched`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget(answersDocument);
    const api = {
      ...(spec !== undefined && { spec: Buffer.from(spec) }),
      specificationUrl: `${server.url}/docs/spec.json?v=1`,
    };
    assert.equal(await opened.obtain(api), DOCUMENT);
    assert.equal(server.last.head.startLine, "GET /docs/spec.json?v=1 HTTP/1.1");
  });
}

test("specification - an API that says nothing of it has none", async () => {
  await using opened = await openSpecifications();
  assert.equal(await opened.obtain({}), undefined);
  assert.equal(await opened.obtain({ apiType: "rest", spec: Buffer.from("null") }), undefined);
});

for (const [apiType, slash] of [
  ["odata", ""],
  ["OData", "/"],
] as const) {
  test(`specification - of ${apiType} is $metadata of the target '…${slash}' unless its URL is given`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget((call) => call.respond(200, {}, "<edmx/>"));
    assert.equal(await opened.obtain({ apiType, targetUrl: `${server.url}/service${slash}` }), "<edmx/>");
    assert.equal(server.last.path, "/service/$metadata");
    await opened.obtain({ apiType, targetUrl: server.url, specificationUrl: `${server.url}/other` });
    assert.equal(server.last.path, "/other");
  });
}

test("specification - the bytes are given as they came, UTF-8 or not", async () => {
  await using opened = await openSpecifications();
  const bytes = "\xff\xfe{\x00\xc3\x28";
  await using server = await startTarget((call) =>
    call.write(`HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n${bytes}`),
  );
  assert.equal(await opened.obtain({ specificationUrl: server.url }), bytes);
});

test("specification - an empty answer is no specification", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget((call) => call.respond(200));
  assert.equal(await opened.obtain({ specificationUrl: server.url }), undefined);
});

for (const [status, text] of [
  [404, "404 Not Found"],
  [401, "401 Unauthorized"],
  [500, "500 Internal Server Error"],
  [203, "203 Non-Authoritative Information"],
  [206, "206 Partial Content"],
  [302, "302 Found"],
  [599, "599"],
] as const) {
  test(`specification - ${status} is a failure that names the status`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget((call) => call.respond(status, {}, DOCUMENT));
    const specificationUrl = `${server.url}/spec.json`;
    assert.equal(
      await opened.obtain({ specificationUrl }),
      `Fetching API spec from ${specificationUrl} failed with status ${text}`,
    );
  });
}

test("specification - 204 is a failure too", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget((call) => call.write("HTTP/1.1 204 No Content\r\n\r\n"));
  const text = await opened.obtain({ specificationUrl: server.url });
  assert.equal(text, `Fetching API spec from ${server.url} failed with status 204 No Content`);
});

test("specification - a failed fetch says what the configuration wants to come of it", async () => {
  for (const specFetchPolicy of ["refuse", "warn"] as const) {
    await using opened = await openSpecifications({ specFetchPolicy });
    const failed = await opened.fetch({ specificationUrl: "ftp://files.example/spec" });
    assert.deepEqual(failed, {
      kind: "failed-fetch",
      text: 'Fetching API spec from ftp://files.example/spec failed, unsupported protocol scheme "ftp"',
      decision: specFetchPolicy,
    });
  }
});

test("specification - Basic credentials are sent, and a custom Authorization does not replace them", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget(answersDocument);
  await opened.obtain({
    specificationUrl: server.url,
    specificationCredentials: { kind: "basic", username: "jürgen", password: "a:b" },
    specificationRequestParameters: {
      headers: { authorization: ["Bearer other"], "X-Tenant": ["7", "8"] },
      queryParameters: undefined,
    },
  });
  const expected = `Basic ${Buffer.from("jürgen:a:b").toString("base64")}`;
  assert.deepEqual(server.last.headerAll("authorization"), [expected]);
  assert.deepEqual(server.last.headerAll("x-tenant"), ["7", "8"]);
});

test("specification - parameters are added, those in the URL win, and the User-Agent may be set", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget(answersDocument);
  const specificationRequestParameters = {
    headers: { "User-Agent": ["importer/2"], Authorization: ["ApiKey k"], Host: ["evil.example"] },
    queryParameters: { format: ["xml"], "sap client": ["100", "a&b"] },
  };
  const specificationUrl = `${server.url}/spec?format=json`;
  assert.equal(await opened.obtain({ specificationUrl, specificationRequestParameters }), DOCUMENT);
  assert.equal(server.last.path, "/spec?format=json&sap+client=100&sap+client=a%26b");
  assert.deepEqual(server.last.headerAll("user-agent"), ["importer/2"]);
  assert.deepEqual(server.last.headerAll("authorization"), ["ApiKey k"]);
  assert.deepEqual(server.last.headerAll("host"), [server.host]);
});

test("specification - a parameter that no header can carry is a failure without its value", async () => {
  await using opened = await openSpecifications();
  const specificationUrl = "http://files.example/spec";
  const specificationRequestParameters = {
    headers: { "X-Key": ["hush\r\nX-Injected: 1"] },
    queryParameters: undefined,
  };
  assert.equal(
    await opened.obtain({ specificationUrl, specificationRequestParameters }),
    `Fetching API spec from ${specificationUrl} failed, a value of 'X-Key' holds a line break or another control character`,
  );
});

test("specification - user information in the URL is sent as Basic, and shown nowhere", async () => {
  await using opened = await openSpecifications();
  await using server = await startTarget((call) => call.respond(403));
  const specificationUrl = server.url.replace("//", "//me:h%75sh%40@");
  assert.equal(
    await opened.obtain({ specificationUrl }),
    `Fetching API spec from http://***:***@${server.host} failed with status 403 Forbidden`,
  );
  assert.equal(server.last.header("authorization"), `Basic ${Buffer.from("me:hush@").toString("base64")}`);
  assert.equal(server.last.path, "/");
});

for (const mask of ["***:***", "%2A%2A%2a:***"]) {
  test(`specification - ${mask} in the URL, as it is shown and kept, is no user information`, async () => {
    await using opened = await openSpecifications();
    await using server = await startTarget((call) => call.respond(200, {}, "{}"));
    assert.equal(await opened.obtain({ specificationUrl: server.url.replace("//", `//${mask}@`) }), "{}");
    assert.equal(server.last.header("authorization"), undefined);
    assert.equal(server.last.header("host"), server.host);
  });
}

for (const url of [
  "http://me:hu/sh@files.example/",
  "me:hush@files.example",
  "http://me:hu sh@files.example/",
]) {
  test(`specification - a password is not shown either where the URL is broken: ${url}`, async () => {
    await using opened = await openSpecifications();
    const text = await opened.obtain({ specificationUrl: url });
    assert.match(text ?? "", /^Fetching API spec from (http:\/\/)?\*\*\*:\*\*\*@files\.example\/? failed, /);
    assert.doesNotMatch(text ?? "", /hu|sh@/);
  });
}

test("specification - servers are verified, unless the configuration says otherwise", async () => {
  const authority = await TestAuthority.create();
  const { crt, key } = await authority.server();
  await using server = await startTarget(answersDocument, { tls: { cert: crt, key } });
  const api = { specificationUrl: server.url };
  await using trusting = await openSpecifications({ authority });
  assert.equal(await trusting.obtain(api), DOCUMENT);
  await using strict = await openSpecifications();
  assert.match((await strict.obtain(api)) ?? "", /^Fetching API spec from https:\S+ failed, .*certificate/);
  await using insecure = await openSpecifications({ insecureSpecDownload: true });
  assert.equal(await insecure.obtain(api), DOCUMENT);
});
