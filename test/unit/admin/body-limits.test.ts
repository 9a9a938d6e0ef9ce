import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import type { New } from "../../../src/core/resources/resource.ts";
import { APPLICATIONS, ask, CONFIG_MAPS, refusal, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const BODY_LIMIT = 3_145_728;
const MERGE = { "content-type": "application/merge-patch+json" };
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };

const tooLarge = (limit: number) => ({
  code: 413,
  reason: "RequestEntityTooLarge",
  message: `Request entity too large: limit is ${limit}`,
});

/** JSON of exactly so many bytes, which is no object of the kind otherwise. */
function padded(value: object, bytes: number): string {
  const text = JSON.stringify(value);
  return text + " ".repeat(bytes - text.length);
}

/** In base64, as `data` has it. */
const valueOf = (bytes: number) => Buffer.alloc(bytes, "v").toString("base64");

suite("admin body limits", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  test("body limit - a body of 3 MiB is read, and one of a byte more is 413 for every verb, however it is sent", async () => {
    const body = { metadata: { name: "padded" } };
    const made = await ask(server, CONFIG_MAPS, { body: padded(body, BODY_LIMIT) });
    assert.equal(made.status, 201);
    const long = padded(body, BODY_LIMIT + 1);
    for (const [method, path] of [
      ["POST", CONFIG_MAPS],
      ["PUT", `${CONFIG_MAPS}/padded`],
      ["PATCH", `${CONFIG_MAPS}/padded`],
      ["DELETE", `${CONFIG_MAPS}/padded`],
    ] as const) {
      const headers = method === "PATCH" ? MERGE : {};
      assert.deepEqual(
        refusal(await ask(server, path, { method, body: long, headers })),
        tooLarge(BODY_LIMIT),
      );
    }
    // Chunked: how long it will be is said nowhere.
    const chunked = await server.fetch(CONFIG_MAPS, {
      method: "POST",
      body: new Blob([long]).stream(),
      headers: { "content-type": "application/json" },
      duplex: "half",
    });
    assert.equal(chunked.status, 413);
    assert.equal((await ask(server, `${CONFIG_MAPS}/padded`)).text, made.text);
  });

  test("body limit - the values of a Secret may have 1 MiB, and are invalid beyond it", async () => {
    const full = await ask(server, SECRETS, { body: secret("full", { data: { v: valueOf(1_048_576) } }) });
    assert.equal(full.status, 201);
    const over = await ask(server, SECRETS, { body: secret("over", { data: { v: valueOf(1_048_577) } }) });
    assert.deepEqual(refusal(over), {
      code: 422,
      reason: "Invalid",
      message: 'Secret "over" is invalid: data: Too long: may not be more than 1048576 bytes',
    });
    const body = JSON.stringify({ data: { w: valueOf(1) } });
    const patched = await ask(server, `${SECRETS}/full`, { method: "PATCH", body, headers: MERGE });
    assert.deepEqual([patched.status, patched.body.reason], [422, "Invalid"]);
    assert.equal((await ask(server, `${SECRETS}/full`)).text, full.text);
  });

  test("body limit - an object of more than 1.5 MiB is not kept, whichever write would make it", async () => {
    const data = { v: valueOf(1_048_576) };
    const annotations = { note: "n".repeat(200_000) };
    const body = secret("large", { data, metadata: { name: "large", annotations } });
    assert.deepEqual(refusal(await ask(server, SECRETS, { body })), tooLarge(1_572_864));
    assert.equal((await ask(server, `${SECRETS}/large`)).status, 404);
    const small = await ask(server, SECRETS, { body: secret("large", { data }) });
    assert.equal(small.status, 201);
    const path = `${SECRETS}/large`;
    const replaced = await ask(server, path, { method: "PUT", body });
    assert.deepEqual(refusal(replaced), tooLarge(1_572_864));
    for (const type of ["application/merge-patch+json", "application/strategic-merge-patch+json"]) {
      const patch = JSON.stringify({ metadata: { annotations } });
      const headers = { "content-type": type };
      const patched = await ask(server, path, { method: "PATCH", body: patch, headers });
      assert.deepEqual(refusal(patched), tooLarge(1_572_864));
    }
    assert.equal((await ask(server, path)).text, small.text);
  });

  test("body limit - an Application that outgrew a body is read, listed, patched and deleted, but not sent back whole", async () => {
    const services = Array.from({ length: 3000 }, (_, index) => ({
      id: `service-${index}`,
      name: `service-${index}`,
      displayName: `service-${index}`,
      providerDisplayName: "",
      description: "d".repeat(1200),
      entries: [{ type: "API" as const, targetUrl: `https://target-${index}.example` }],
    }));
    const made: New<Application> = { metadata: { name: "outgrown" }, spec: { services } };
    await server.store.collection<Application>(applicationKind).create(made);
    const path = `${APPLICATIONS}/outgrown`;
    const read = await ask(server, path);
    assert.deepEqual([read.status, read.text.length > BODY_LIMIT], [200, true]);
    assert.equal((await ask(server, APPLICATIONS)).body.items[0]?.metadata["name"], "outgrown");
    assert.equal((await ask(server, APPLICATIONS, { headers: TABLE })).body.rows.length, 1);
    const whole = await ask(server, path, { method: "PUT", body: read.text });
    assert.deepEqual(refusal(whole), tooLarge(BODY_LIMIT));
    const patch = JSON.stringify({ spec: { description: "patched" } });
    const patched = await ask(server, path, { method: "PATCH", body: patch, headers: MERGE });
    assert.deepEqual([patched.status, patched.body.spec["description"]], [200, "patched"]);
    assert.equal((await ask(server, path, { method: "DELETE" })).status, 200);
  });
});
