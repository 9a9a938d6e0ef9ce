import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { documentsSearched, type DocumentSearch } from "../../../../src/telemetry/channels.ts";
import { eventually } from "../../../doubles/eventually.ts";
import { SearchedDocuments } from "../../../doubles/searched-documents.ts";

const ID = "orders-1";

const openapi = (version: string, path: string) => ({
  openapi: "3.0.3",
  info: { title: "Order API", version },
  paths: { [path]: { get: { responses: { "200": { description: "ok" } } } } },
});

async function opened(): Promise<SearchedDocuments> {
  const searched = await SearchedDocuments.open();
  await searched.application("shop", [{ id: ID, displayName: "Orders", description: "common" }]);
  return searched;
}

async function json(
  searched: SearchedDocuments,
  path: string,
  status = 200,
): Promise<Record<string, unknown>> {
  const response = await searched.fetch(path);
  const text = await response.text();
  equal(response.status, status, text);
  equal(response.headers.get("content-type"), "application/json;charset=UTF-8");
  ok(text.endsWith("\n"));
  return JSON.parse(text) as Record<string, unknown>;
}

test("search API - pages go on where the one before ended, and filters narrow", async () => {
  await using searched = await opened();
  const services = Array.from({ length: 5 }, (_, n) => ({ id: `s-${n}`, displayName: `Common ${n}` }));
  await searched.application("shop", services);
  await searched.application("other", [{ id: "o-1", displayName: "Common other" }]);
  await eventually(async () => equal((await searched.found("common")).length, 6));
  const ids: (string | undefined)[] = [];
  let next: Readonly<Record<string, string>> | undefined = {};
  while (next) {
    // oxlint-disable-next-line no-await-in-loop -- page by page
    const page = await searched.search("common", { limit: "2", ...next });
    ok(page.items.length <= 2);
    ids.push(...page.items.map(({ serviceId }) => serviceId));
    next = page.continue === undefined ? undefined : { continue: page.continue };
  }
  deepEqual(ids.toSorted(), ["o-1", "s-0", "s-1", "s-2", "s-3", "s-4"]);
  deepEqual(await searched.found("common", { application: "other" }), ["other/o-1:service"]);
  deepEqual(await searched.found("shop", { kind: "application" }), ["shop:application"]);
  deepEqual(await searched.found("common", { kind: "openapi" }), []);
});

test("search API - what cannot be searched for is refused with a reason", async () => {
  await using searched = await opened();
  for (const [query, problem] of [
    ["", /q, what is searched for, is missing/],
    ["?q=%20", /q, what is searched for, is missing/],
    [`?q=${"a".repeat(5000)}`, /longer than 4096/],
    ["?q=a&kind=secret", /kind must be one of application, service/],
    ["?q=a&limit=0", /limit must be/],
    ["?q=a&limit=ten", /limit must be/],
    ["?q=a&continue=nonsense", /invalid cursor/],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    match(String((await json(searched, `/v1/search${query}`, 400))["error"]), problem);
  }
  const written = await searched.fetch("/v1/search?q=a", { method: "POST", body: "{}" });
  equal(written.status, 405);
  equal(written.headers.get("allow"), "GET, HEAD");
});

test("search API - each search is told with what came of it, and never what it was", async () => {
  await using searched = await opened();
  const told: DocumentSearch[] = [];
  const listen = (search: DocumentSearch) => told.push(search);
  documentsSearched.subscribe(listen);
  await eventually(async () => equal((await searched.found("common")).length, 1));
  await json(searched, "/v1/search?q=nobodyknows");
  await json(searched, "/v1/search", 400);
  await json(searched, "/v1/search?q=a&continue=zz", 400);
  documentsSearched.unsubscribe(listen);
  const results = told.map(({ result }) => result);
  deepEqual(results.slice(results.indexOf("found")), ["found", "empty", "refused", "refused"]);
  ok(!JSON.stringify(told).includes("nobodyknows"));
});

test("search API - no query and no path is an error of ours", async () => {
  await using searched = await opened();
  const part = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.constantFrom('"', '""', "* *", "NEAR(a b)", "title:a", "a OR b", "-a", "\0", "' OR 1=1 --", "(", "^a"),
  );
  await fc.assert(
    fc.asyncProperty(part, part, part, async (q, application, path) => {
      const query = new URLSearchParams({ q: q.toWellFormed(), application: application.toWellFormed() });
      const answers = await Promise.all([
        searched.fetch(`/v1/search?${query.toString()}`),
        searched.fetch(`/v1/search?q=%${path.length}&limit=${encodeURIComponent(path.toWellFormed())}`),
        searched.fetch(
          `/v1/documents/${encodeURIComponent(path.toWellFormed())}/openapi/diff?${query.toString()}`,
        ),
      ]);
      const statuses = answers.map(({ status }) => status);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      ok(
        statuses.every((status) => status < 500),
        statuses.join(),
      );
    }),
    { numRuns: 150 },
  );
  deepEqual(searched.warnings, []);
});

test("document API - documents are listed with their versions, and read as they are published", async () => {
  await using searched = await opened();
  const first = openapi("1", "/apples");
  const second = openapi("2", "/pears");
  await searched.publish("shop", ID, { openapi: first });
  await searched.publish("shop", ID, { openapi: second });
  await eventually(async () => equal((await searched.found("pears")).length, 1));
  const { items, versions } = await json(searched, `/v1/documents/${ID}`);
  deepEqual(
    (items as { type: string; phase: string }[]).map(({ type, phase }) => [type, phase]),
    [["openapi", "Ready"]],
  );
  deepEqual(
    (versions as { version: number }[]).map(({ version }) => version),
    [2, 1],
  );
  const published = await searched.fetch(`/v1/documents/${ID}/openapi`);
  equal(published.headers.get("content-type"), "application/json");
  equal(published.headers.get("content-security-policy"), "sandbox; default-src 'none'");
  deepEqual(await published.json(), second);
  const former = await searched.fetch(`/v1/documents/${ID}/openapi?version=1`);
  deepEqual(await former.json(), first);
  const tag = former.headers.get("etag") ?? "";
  const again = await searched.fetch(`/v1/documents/${ID}/openapi?version=1`, {
    headers: { "If-None-Match": tag },
  });
  equal(again.status, 304);
  for (const path of [`${ID}/asyncapi`, `${ID}/nonsense`, `${ID}/openapi?version=9`, "unknown/openapi"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    match(String((await json(searched, `/v1/documents/${path}`, 404))["error"]), /has no such document/);
  }
  deepEqual(await json(searched, "/v1/documents/unknown"), { items: [], versions: [] });
  await json(searched, "/v1/documents", 404);
  await json(searched, `/v1/documents/${ID}/openapi/report/more`, 404);
});

test("document API - a converted document is read as it was converted", async () => {
  await using searched = await opened();
  const topics = { "order.created": { subscribe: { payload: { type: "object" } } } };
  const old = { asyncapi: "1.2.0", info: { title: "E", version: "1" }, topics };
  await searched.publish("shop", ID, { asyncapi: old });
  await eventually(async () => equal((await searched.found("order.created")).length, 1));
  equal((await json2(searched, `/v1/documents/${ID}/asyncapi`))["asyncapi"], "2.0.0");
  equal((await json2(searched, `/v1/documents/${ID}/asyncapi?version=1`))["asyncapi"], "1.2.0");
});

async function json2(searched: SearchedDocuments, path: string): Promise<Record<string, unknown>> {
  return (await (await searched.fetch(path)).json()) as Record<string, unknown>;
}

test("document API - a report says what was found, and a difference whether callers break", async () => {
  await using searched = await opened();
  await searched.publish("shop", ID, { openapi: openapi("1", "/apples") });
  await searched.publish("shop", ID, { openapi: { ...openapi("2", "/pears"), info: { title: "x" } } });
  const report = await json(searched, `/v1/documents/${ID}/openapi/report`);
  equal(report["phase"], "Failed");
  match(JSON.stringify(report["findings"]), /version/);
  const difference = await json(searched, `/v1/documents/${ID}/openapi/diff`);
  deepEqual([difference["from"], difference["to"], difference["verdict"]], [1, 2, "breaking"]);
  match(JSON.stringify(difference["changes"]), /\/apples/);
  const backwards = await json(searched, `/v1/documents/${ID}/openapi/diff?from=2&to=1`);
  deepEqual([backwards["from"], backwards["to"]], [2, 1]);
  const same = await json(searched, `/v1/documents/${ID}/openapi/diff?from=2&to=2`);
  equal(same["verdict"], "unchanged");
  await json(searched, `/v1/documents/${ID}/openapi/diff?from=7`, 404);
  await json(searched, `/v1/documents/${ID}/openapi/diff?to=1`, 404);
});
