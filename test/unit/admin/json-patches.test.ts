import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { APPLICATIONS, application, ask, secret, SECRETS } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

suite("admin JSON patches", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const create = (body: object) => ask(server, APPLICATIONS, { body });
  const patch = (path: string, body: object | string) =>
    ask(server, path, {
      method: "PATCH",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json-patch+json" },
    });

  test("JSON patch - an object changes as its operations name", async () => {
    await create(application("operated"));
    const operations = [
      { op: "add", path: "/spec/labels", value: { "a/b": "1" } },
      { op: "replace", path: "/spec/labels/a~1b", value: "2" },
    ];
    const { status, body } = await patch(`${APPLICATIONS}/operated`, operations);
    assert.equal(status, 200);
    assert.deepEqual(body.spec["labels"], { "a/b": "2" });
    const refused = await patch(`${APPLICATIONS}/operated`, [{ op: "remove", path: "/spec/tags/0" }]);
    assert.equal(refused.status, 422);
    assert.equal(
      refused.body.message,
      "the server rejected our request due to an error in our request: operation 1 (remove /spec/tags/0): the path does not exist",
    );
    // kubectl prints the whole patch at any other answer.
    assert.deepEqual([refused.body.details.name, refused.body.details.kind], ["operated", "Application"]);
    assert.equal(refused.body.details.causes.length, 1);
    for (const bad of ["{}", "7", '"x"', "[{]"]) {
      const answer = await patch(`${APPLICATIONS}/operated`, bad);
      assert.equal(answer.status, 400, bad);
      assert.match(answer.body.message, /^error decoding patch: /);
    }
    const many = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/kind", value: "x" }));
    const huge = await patch(`${APPLICATIONS}/operated`, many);
    assert.deepEqual([huge.status, huge.body.reason], [413, "RequestEntityTooLarge"]);
    const bomb = [
      { op: "add", path: "/spec/labels", value: { x: "x".repeat(1000) } },
      ...Array.from({ length: 30 }, (_, index) => ({
        op: "copy",
        from: "/spec",
        path: `/spec/labels/${index}`,
      })),
    ];
    assert.equal((await patch(`${APPLICATIONS}/operated`, bomb)).status, 413);
  });

  test("JSON patch - unknown and repeated fields are named", async () => {
    await create(application("strayed"));
    const operations = [
      { op: "add", path: "/spec/bogus", value: 1 },
      { op: "add", path: "/spec/services", value: [{ id: "i", stray: {} }] },
    ];
    const strict = await patch(`${APPLICATIONS}/strayed?fieldValidation=Strict`, operations);
    assert.equal(strict.status, 422);
    assert.deepEqual(strict.body.details.causes, [
      {
        reason: "FieldValueInvalid",
        message: 'strict decoding error: unknown field "spec.bogus", unknown field "spec.services[0].stray"',
        field: "patch",
      },
    ]);
    const entries = [{ op: "replace", path: "/metadata/managedFields", value: [{}] }];
    const known = await patch(`${APPLICATIONS}/strayed?fieldValidation=Strict`, entries);
    assert.deepEqual([known.status, known.body.metadata["managedFields"]], [200, undefined]);
    const twice = '[{"op":"add","path":"/spec/description","value":"a","value":"b"}]';
    const warned = await patch(`${APPLICATIONS}/strayed`, twice);
    assert.equal(warned.headers.get("warning"), '299 - "duplicate field \\"[0].value\\""');
    assert.equal(warned.body.spec["description"], "b");
  });

  test("JSON patch - a secret's values stand in no refusal", async () => {
    await ask(server, SECRETS, { body: secret("operated") });
    const canary = "canary-c4f1";
    const bad = [
      [{ op: "test", path: "/data/a", value: canary }],
      [{ op: "add", path: "/data/a", value: `${canary}!` }],
      [{ op: "add", path: "/data", value: [canary] }],
      [{ op: canary, path: "/data/a" }],
      [{ op: "add", path: canary, value: 1 }],
    ];
    for (const operations of bad) {
      const { status, text } = await patch(`${SECRETS}/operated`, operations);
      assert.equal(status, 422, text);
      assert.equal(text.includes(canary), false, text);
    }
  });
});
