import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { RunningDocuments } from "../../doubles/documents.ts";

const OLD =
  '{"asyncapi":"1.2.0","info":{"title":"E","version":"1"},"topics":{"a.b":{"publish":{"payload":{"type":"string"}}}}}';
const CURRENT = '{"asyncapi":"2.0.0","info":{"title":"E","version":"1"},"channels":{}}';

async function send(
  running: RunningDocuments,
  path: string,
  ...files: readonly (readonly [string, string])[]
): Promise<Response> {
  const body = new FormData();
  for (const [field, text] of files) body.append(field, new File([text], "file"));
  return await running.fetch(path, { method: "POST", body });
}

test("conversion - version 1 becomes 2.0.0 as JSON, and 2.0.0 is left as it is", async () => {
  await using running = await RunningDocuments.open();
  const converted = await send(running, "/v1/convert", ["content", OLD]);
  equal(converted.status, 200);
  const document = (await converted.json()) as { asyncapi: string; channels: object };
  equal(document.asyncapi, "2.0.0");
  deepEqual(Object.keys(document.channels), ["a/b"]);
  equal((await send(running, "/v1/convert", ["content", CURRENT])).status, 304);
});

test("conversion - other versions and other things are refused in the words of the original", async () => {
  await using running = await RunningDocuments.open();
  const refusals = [
    ['{"asyncapi":"2.0.0-rc1"}', "asyncapi: unsupported asyncapi version '2.0.0-rc1'"],
    [
      '{"asyncapi":"3.0.0","info":{"title":"E","version":"1"}}',
      "asyncapi: unsupported asyncapi version '3.0.0'",
    ],
    ["{}", "asyncapi: error invalid property asyncapi"],
    ["[]", "asyncapi: unable to decode document"],
  ] as const;
  for (const [document, text] of refusals) {
    const answer = await send(running, "/v1/convert", ["content", document]);
    equal(answer.status, 422, document);
    equal(await answer.text(), text);
  }
});

test("conversion and validation - only POST of a form with a file named content is served", async () => {
  await using running = await RunningDocuments.open();
  for (const path of ["/v1/convert", "/v1/validate"]) {
    const get = await running.fetch(path);
    equal(get.status, 405);
    equal(await get.text(), "Invalid request method");
    equal((await running.fetch(path, { method: "POST", body: "x" })).status, 400);
    equal((await send(running, path, ["other", OLD])).status, 400);
  }
});

test("validation - a good document is accepted and the errors of another come line by line", async () => {
  await using running = await RunningDocuments.open();
  equal((await send(running, "/v1/validate", ["content", CURRENT])).status, 200);
  const broken = await send(running, "/v1/validate", ["content", '{"asyncapi":"2.0.0","info":{}}']);
  equal(broken.status, 422);
  const lines = (await broken.text()).split("\n");
  equal(lines.length > 1, true);
  equal((await send(running, "/v1/validate", ["content", OLD])).status, 422);
});

test("conversion and validation - another kind of document, and one that is too large to be looked into, are refused", async () => {
  await using running = await RunningDocuments.open({
    options: { maxFileSize: 20_000_000, maxRequestSize: 40_000_000 },
  });
  const openapi = '{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{}}';
  for (const path of ["/v1/convert", "/v1/validate"]) {
    const foreign = await send(running, path, ["content", openapi]);
    equal(foreign.status, 422);
    equal(await foreign.text(), "asyncapi: error invalid property asyncapi");
    const large = await send(running, path, ["content", `${CURRENT}${" ".repeat(17_000_000)}`]);
    equal(large.status, 422);
    match(await large.text(), /larger than 16777216 bytes/);
  }
});

test("extraction - front matter comes by path, and errors beside it", async () => {
  await using running = await RunningDocuments.open();
  const good = "---\ntitle: Overview\ntype: Details\n---\n# Text";
  const all = await send(running, "/v1/extract", ["docs/a.md", good], ["b.md", "# No front matter"]);
  equal(all.status, 200);
  deepEqual(await all.json(), {
    data: [{ filePath: "docs/a.md", metadata: { title: "Overview", type: "Details" } }, { filePath: "b.md" }],
  });
  const bad = "---\n: : [\n---\n";
  const some = await send(running, "/v1/extract", ["a.md", good], ["bad.md", bad]);
  equal(some.status, 207);
  const { errors } = (await some.json()) as { errors: { filePath: string; message: string }[] };
  equal(errors[0]?.filePath, "bad.md");
  match(errors[0]?.message ?? "", /./);
  equal((await send(running, "/v1/extract", ["bad.md", bad])).status, 422);
});

test("extraction - forms without files, with two in one field, and what is no form are refused", async () => {
  await using running = await RunningDocuments.open();
  const none = await send(running, "/v1/extract", ["a.md", ""]);
  equal(none.status, 400);
  deepEqual(await none.json(), { errors: [{ message: "No files sent with form." }] });
  const two = await send(running, "/v1/extract", ["a.md", "x"], ["a.md", "y"]);
  equal(two.status, 400);
  deepEqual(await two.json(), { errors: [{ message: "Multiple files assigned to a single field a.md ." }] });
  equal((await running.fetch("/v1/extract", { method: "POST", body: "x" })).status, 500);
});
