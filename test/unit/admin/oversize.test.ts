import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { APPLICATIONS, application, ask, CONFIG_MAPS, refusal } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

interface Entry {
  readonly manager: string;
  readonly fieldsV1: Readonly<Record<string, object>>;
}

suite("admin oversize objects", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const operate = (path: string, operations: object[]) =>
    ask(server, path, {
      method: "PATCH",
      body: JSON.stringify(operations),
      headers: { "content-type": "application/json-patch+json" },
    });

  test("oversize - entries of managed fields count, and an object may not grow by them over its limit", async () => {
    const path = `${CONFIG_MAPS}/grown`;
    const made = await ask(server, CONFIG_MAPS, { body: { metadata: { name: "grown" }, data: { a: "b" } } });
    const fieldsV1 = Object.fromEntries(
      Array.from({ length: 16_000 }, (_, index) => [`f:${index}-${"x".repeat(100)}`, {}]),
    );
    const entry = { manager: "m", operation: "Update", apiVersion: "v1", fieldsType: "FieldsV1", fieldsV1 };
    const grown = await operate(path, [{ op: "add", path: "/metadata/managedFields", value: [entry] }]);
    assert.deepEqual(refusal(grown), {
      code: 413,
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 1572864",
    });
    assert.equal((await ask(server, path)).text, made.text);
  });

  test("oversize - a hundred managers that change an object leave ten entries", async () => {
    const path = `${CONFIG_MAPS}/popular`;
    await ask(server, CONFIG_MAPS, { body: { metadata: { name: "popular" }, data: { first: "v" } } });
    const headers = { "content-type": "application/merge-patch+json" };
    for (let index = 0; index < 100; index++) {
      const body = JSON.stringify({ data: { [`key-${index}`]: "v" } });
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await ask(server, `${path}?fieldManager=manager-${index}`, { method: "PATCH", body, headers });
    }
    const { metadata } = (await ask(server, path)).body as unknown as {
      metadata: { managedFields: Entry[] };
    };
    const names = metadata.managedFields.map(({ manager }) => manager);
    assert.equal(names.length, 10);
    assert(names.includes("ancient-changes") && names.includes("manager-99"));
    const owned = metadata.managedFields.flatMap(({ fieldsV1 }) => Object.keys(fieldsV1["f:data"] ?? {}));
    assert.equal(new Set(owned).size, 102);
  });

  test("oversize - managers that apply are as many entries, up to the limit of an object", async () => {
    const path = `${CONFIG_MAPS}/applied`;
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "applied" },
      data: { a: "b" },
    });
    const headers = { "content-type": "application/apply-patch+yaml" };
    const long = "m".repeat(120);
    const entry = (index: number) => ({
      ...{ manager: `${long}-${index}`, operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1" },
      fieldsV1: { "f:data": { "f:a": {} } },
    });
    await ask(server, `${path}?fieldManager=first`, { method: "PATCH", body, headers });
    const many = (count: number) => [
      {
        op: "replace",
        path: "/metadata/managedFields",
        value: Array.from({ length: count }, (_, index) => entry(index)),
      },
    ];
    assert.equal((await operate(path, many(5000))).status, 200);
    const another = await ask(server, `${path}?fieldManager=another`, { method: "PATCH", body, headers });
    assert.equal(another.status, 200);
    assert.equal((await operate(path, many(7000))).status, 413);
  });

  test("oversize - a patch may not make more of a ConfigMap than one may hold", async () => {
    const body = { metadata: { name: "doubled" }, data: { a: "x".repeat(600_000) } };
    await ask(server, CONFIG_MAPS, { body });
    const doubled = await operate(`${CONFIG_MAPS}/doubled`, [
      { op: "copy", from: "/data/a", path: "/data/b" },
    ]);
    assert.deepEqual([doubled.status, doubled.body.reason], [422, "Invalid"]);
    assert.equal(doubled.text.length < 2000, true);
  });

  test("oversize - an Application may outgrow a body: it is read and patched, but not sent back whole", async () => {
    const path = `${APPLICATIONS}/outgrown`;
    await ask(server, APPLICATIONS, { body: application("outgrown", { spec: { labels: {} } }) });
    for (const key of ["a", "b"]) {
      const value = "x".repeat(2_000_000);
      assert.equal((await operate(path, [{ op: "add", path: `/spec/labels/${key}`, value }])).status, 200);
    }
    const read = await ask(server, path);
    assert.equal(read.text.length > 4_000_000, true);
    const whole = await ask(server, path, { method: "PUT", body: read.text });
    assert.deepEqual(refusal(whole), {
      code: 413,
      reason: "RequestEntityTooLarge",
      message: "Request entity too large: limit is 3145728",
    });
    const patched = await operate(path, [{ op: "remove", path: "/spec/labels/a" }]);
    assert.equal(patched.status, 200);
  });
});
