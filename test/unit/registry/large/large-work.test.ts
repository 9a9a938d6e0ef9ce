import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../../src/core/clock.ts";
import { embeddedContent } from "../../../../src/registry/embedded-content.ts";
import { LargeWork } from "../../../../src/registry/large/large-work.ts";
import type { ServiceRequest } from "../../../../src/registry/service-request.ts";
import { readService } from "../../../../src/registry/request/read-service.ts";
import { textOf, wholeDefinition } from "../request/definitions.ts";

const PADDING = "p".repeat(256 * 1024);

/** A body with these members more, and with spaces that make it a large one. */
function largeBody(members: object): Buffer {
  const text = JSON.stringify({ ...wholeDefinition, ...members });
  return Buffer.concat([Buffer.from(text), Buffer.alloc(PADDING.length, " ")]);
}

test("large work - a large body is read as a small one, but not here", async () => {
  await using work = new LargeWork(systemClock);
  const spec = { swagger: "2.0", "x-padding": PADDING, umlaut: "ü\u2028" };
  const labels = JSON.parse('{"__proto__":"a","constructor":"b"}') as object;
  const body = largeBody({ labels, api: { ...wholeDefinition.api, spec } });
  const expected = readService(Buffer.from(body));
  const read = await work.read(body);
  // Its buffer has moved to the thread that reads it.
  assert.equal(body.length, 0);
  assert.ok(!("refused" in expected) && !("refused" in read));
  assert.deepEqual({ ...read.labels }, { ...expected.labels });
  for (const map of [read.labels, read.api?.requestParameters?.headers]) {
    assert.equal(Object.getPrototypeOf(map), null);
  }
  assert.equal(textOf(read.api?.spec), JSON.stringify(spec));
  assert.equal(shown(read), shown(expected));
});

/** With its documents as texts. */
function shown(request: ServiceRequest): string {
  const { api, events, documentation, ...rest } = request;
  return JSON.stringify({
    ...rest,
    api: { ...api, spec: textOf(api?.spec) },
    events: textOf(events?.spec),
    documentation: textOf(documentation),
  });
}

test("large work - a small body is read here", async () => {
  await using work = new LargeWork(systemClock);
  const body = Buffer.from(JSON.stringify(wholeDefinition));
  assert.deepEqual(await work.read(body), readService(body));
});

test("large work - a large body that is none is refused in the words for a small one", async () => {
  await using work = new LargeWork(systemClock);
  for (const body of [
    Buffer.from(`{"name":"${PADDING}`),
    Buffer.alloc(PADDING.length, 0xff),
    largeBody({ name: 1 }),
  ]) {
    const expected = readService(Buffer.from(body));
    assert.ok("refused" in expected);
    assert.deepEqual({ ...(await work.read(body)) }, expected);
  }
});

test("large work - a definition that is large beside its documents is refused", async () => {
  await using work = new LargeWork(systemClock);
  const description = PADDING.repeat(2);
  const read = await work.read(largeBody({ description }));
  assert.match("refused" in read ? read.refused : "", /larger than 524288 characters without its spec/);
  const docs = [{ title: "t", type: "md", source: description }];
  const documentation = { ...wholeDefinition.documentation, docs };
  assert.ok(!("refused" in (await work.read(largeBody({ documentation })))));
});

test("large work - a large document is embedded as a small one, JSON or not", async () => {
  await using work = new LargeWork(systemClock);
  for (const text of [`{ "a" : "<${PADDING}>\u2028", "b": 1.0 }`, `a: "${PADDING}"\n\b`]) {
    const content = Buffer.from(text);
    const expected = embeddedContent(Buffer.from(content));
    const { json, isJson } = await work.embed(content);
    assert.equal(content.length, 0);
    assert.equal(isJson, expected.isJson);
    assert.deepEqual(Buffer.from(json), Buffer.from(expected.json));
  }
});

test("large work - a body that nobody waits for any more is not read", async () => {
  await using work = new LargeWork(systemClock);
  const first = [1, 2].map(() => work.read(largeBody({})));
  const leaving = new AbortController();
  const body = largeBody({});
  const left = work.read(body, leaving.signal);
  leaving.abort(new Error("gone"));
  await assert.rejects(left, /gone/);
  assert.notEqual(body.length, 0);
  await Promise.all(first);
});
