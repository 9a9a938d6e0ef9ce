import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { APPLICATIONS, application, ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

suite("admin delete options", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  test("delete - options of a wrong type, and such that cannot be, delete nothing", async () => {
    await ask(server, APPLICATIONS, { body: application("misread") });
    const remove = (body: object | undefined, query = "") =>
      ask(server, `${APPLICATIONS}/misread${query}`, { method: "DELETE", ...(body && { body }) });
    for (const [options, field] of [
      [{ dryRun: "All" }, "dryRun"],
      [{ dryRun: { All: true } }, "dryRun"],
      [{ dryRun: ["All", 1] }, "dryRun"],
      [{ preconditions: "1" }, "preconditions"],
      [{ preconditions: [] }, "preconditions"],
      [{ preconditions: { resourceVersion: 1 } }, "preconditions.resourceVersion"],
      [{ preconditions: { uid: 5 } }, "preconditions.uid"],
      [{ propagationPolicy: 5 }, "propagationPolicy"],
      [{ orphanDependents: "true" }, "orphanDependents"],
      [{ gracePeriodSeconds: "0" }, "gracePeriodSeconds"],
    ] as const) {
      const { status, body } = await remove(options);
      assert.equal(status, 400, JSON.stringify(options));
      assert(body.message.includes(`${field} must be `), body.message);
    }
    const both = await remove({ orphanDependents: true, propagationPolicy: "Orphan" });
    assert.deepEqual(both.body.details.causes[0], {
      reason: "FieldValueInvalid",
      message: 'Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
      field: "propagationPolicy",
    });
    for (const [query, status] of [
      ["?dryRun=", 422],
      ["?dryRun=all", 422],
      ["?propagationPolicy=", 422],
      ["?gracePeriodSeconds=abc", 400],
    ] as const) {
      assert.equal((await remove(undefined, query)).status, status, query);
    }
    assert.equal((await ask(server, `${APPLICATIONS}/misread`)).status, 200);
    assert.equal((await remove({ dryRun: null, preconditions: null, propagationPolicy: null })).status, 200);
  });
});
