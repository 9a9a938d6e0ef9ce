import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationKind } from "../../src/core/resources/application.ts";
import { APPLICATIONS, type Answered } from "../doubles/admin-client.ts";
import { startAdminServer } from "../doubles/admin-server.ts";
import { WatchReader } from "../doubles/watch-reader.ts";

const COUNT = 10_000;
const MIB = 1024 ** 2;

test("admin API - ten thousand Applications are listed, paged, tabled and watched in bounded memory", async () => {
  await using server = await startAdminServer();
  const collection = server.store.collection(applicationKind);
  const entry = {
    type: "API",
    targetUrl: "https://shop.example.com/api",
    centralGatewayUrl: "http://x/y",
  } as const;
  const texts = {
    id: "i",
    name: "n",
    displayName: "orders api",
    providerDisplayName: "p",
    description: "d".repeat(200),
  };
  const services = Array.from({ length: 5 }, () => ({ ...texts, entries: [entry] }));
  for (let start = 0; start < COUNT; start += 500) {
    const names = Array.from({ length: 500 }, (_, index) => `app-${String(start + index).padStart(5, "0")}`);
    const made = names.map((name) => ({ metadata: { name }, spec: { description: "a shop", services } }));
    await Promise.all(made.map((value) => collection.create(value)));
  }

  const whole = (await (await server.fetch(APPLICATIONS)).json()) as Answered;
  assert.equal(whole.items.length, COUNT);
  const table = await server.fetch(`${APPLICATIONS}?limit=500`, {
    headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" },
  });
  assert.equal(((await table.json()) as Answered).rows.length, 500);

  const abort = new AbortController();
  const unread = await server.fetch(APPLICATIONS, { signal: abort.signal });
  abort.abort();
  await assert.rejects(unread.text());

  let seen = 0;
  for (let next = ""; ;) {
    const page = (await (
      await server.fetch(`${APPLICATIONS}?limit=900&continue=${next}`)
    ).json()) as Answered;
    seen += page.items.length;
    next = encodeURIComponent(page.metadata["continue"] ?? "");
    if (next === "") break;
  }
  assert.equal(seen, COUNT);

  // Watchers that do not read cost the server next to nothing: what they have not read stays in the store.
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const idle = await Promise.all(
    Array.from({ length: 20 }, () => WatchReader.open(server, `${APPLICATIONS}?watch=true`)),
  );
  using reader = await WatchReader.open(server, `${APPLICATIONS}?watch=true&allowWatchBookmarks=true`);
  const names = await reader.take(COUNT);
  assert.equal(new Set(names).size, COUNT);
  assert.equal((await reader.next()).type, "BOOKMARK");
  const grown = process.memoryUsage().rss - before;
  for (const watcher of idle) watcher[Symbol.dispose]();
  assert(grown < 256 * MIB, `${Math.round(grown / MIB)} MiB for 21 watches of 25 MB each`);
  assert.deepEqual(server.surprises, []);
});
