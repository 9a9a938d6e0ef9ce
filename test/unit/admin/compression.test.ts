import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createAdminApi, type AdminApi } from "../../../src/admin/create-admin-api.ts";
import { systemClock } from "../../../src/core/clock.ts";
import { kinds } from "../../../src/core/resources/kinds.ts";
import type { Store } from "../../../src/stores/store.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { eventually } from "../../doubles/eventually.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const CONFIG_MAPS = "/api/v1/configmaps";

/** A caller over a Unix socket has no address, so it is none of this machine's loopback. */
suite("compression", () => {
  const directory = new TemporaryDirectory();
  const socketPath = join(directory.path, "socket");
  const surprises: unknown[] = [];
  const server = createServer((incoming, response) => api.handler(incoming, response));
  const near = createServer((incoming, response) => api.handler(incoming, response));
  let store: Store;
  let api: AdminApi;

  before(async () => {
    store = await openSqliteStore({ directory: directory.path, clock: systemClock });
    api = await createAdminApi({
      store,
      kinds,
      token: { matches: () => true },
      clock: systemClock,
      random: Math.random,
      maxRequests: 100,
      maxWatches: 100,
      surprised: (error) => void surprises.push(error),
    });
    await Promise.all([
      once(server.listen(socketPath), "listening"),
      once(near.listen(0, "127.0.0.1"), "listening"),
    ]);
    await fill(20);
  });
  after(async () => {
    server.close();
    near.close();
    await api.close();
    await store.close();
    directory[Symbol.dispose]();
    assert.deepEqual(surprises, []);
  });

  async function fill(count: number): Promise<void> {
    const { port } = near.address() as { port: number };
    for (let index = 0; index < count; index++) {
      const data = { text: `${index} `.repeat(5000) };
      // eslint-disable-next-line no-await-in-loop -- a few
      const { status } = await fetch(`http://127.0.0.1:${port}/api/v1/namespaces/default/configmaps`, {
        method: "POST",
        headers: { authorization: "Bearer any", "content-type": "application/json" },
        body: JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: `c-${index}` }, data }),
      });
      assert.equal(status, 201);
    }
  }

  async function ask(path: string, headers: Record<string, string>, where: object = { socketPath }) {
    const all = { authorization: "Bearer any", ...headers };
    const sent = request({ ...where, path, headers: all }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { headers: response.headers, bytes: Buffer.concat(chunks) };
  }

  const gzip = { "accept-encoding": "gzip" };
  const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

  for (const form of [{}, { accept: "application/yaml" }]) {
    test(`compression - a long list goes compressed to who takes that (${JSON.stringify(form)})`, async () => {
      const whole = await ask(CONFIG_MAPS, form);
      assert.equal(whole.headers["content-encoding"], undefined);
      const answer = await ask(CONFIG_MAPS, { ...form, ...gzip });
      assert.equal(answer.headers["content-encoding"], "gzip");
      assert.equal(answer.headers["content-type"], whole.headers["content-type"]);
      assert.equal(answer.headers.vary, "Accept-Encoding");
      assert(answer.bytes.length * 10 < whole.bytes.length);
      assert(gunzipSync(answer.bytes).equals(whole.bytes));
    });
  }

  test("compression - a short list, one object and a caller of this machine get plain bytes", async () => {
    const { port } = near.address() as { port: number };
    for (const [path, where] of [
      [`${CONFIG_MAPS}?limit=1`, { socketPath }],
      ["/api/v1/namespaces/default/configmaps/c-0", { socketPath }],
      [CONFIG_MAPS, { host: "127.0.0.1", port }],
    ] as const) {
      const answer = await ask(path, { ...gzip, ...table }, where);
      assert.equal(answer.headers["content-encoding"], undefined, path);
      JSON.parse(answer.bytes.toString());
    }
  });

  test("compression - a watch is never compressed: its events must come when they happen", async () => {
    const { headers, bytes } = await ask(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`, gzip);
    assert.equal(headers["content-encoding"], undefined);
    assert.equal(bytes.toString().trim().split("\n").length, 20);
  });

  test("compression - a caller that goes away in the middle of a list leaves nothing behind", async () => {
    const sent = request({
      socketPath,
      path: CONFIG_MAPS,
      headers: { authorization: "Bearer any", ...gzip },
    });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.destroy();
    await once(response, "close");
    const again = await ask(CONFIG_MAPS, gzip);
    assert.equal(again.headers["content-encoding"], "gzip");
    await eventually(() => assert.deepEqual(api.load, { requests: 0, watches: 0 }));
  });
});
