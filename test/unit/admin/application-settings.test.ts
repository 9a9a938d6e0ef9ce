import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { APPLICATIONS, application, ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

suite("admin settings of APIs", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const create = (name: string, annotations: Readonly<Record<string, string>>) =>
    ask(server, APPLICATIONS, { body: application(name, { metadata: { annotations } }) });
  const annotate = (name: string, annotations: Readonly<Record<string, string | null>>) =>
    ask(server, `${APPLICATIONS}/${name}`, {
      method: "PATCH",
      body: JSON.stringify({ metadata: { annotations } }),
      headers: { "content-type": "application/merge-patch+json" },
    });

  test("create and patch - a value that is none is 422, and nothing is changed", async () => {
    const refused = await create("refused", { "appconn.dev/rate-limit": "many" });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.details.causes, [
      {
        reason: "FieldValueInvalid",
        message:
          'Invalid value: "many": must be a number up to 999999999, a slash and a time from 1ms to 24h, like "100/s" or "1000/10m"',
        field: "metadata.annotations[appconn.dev/rate-limit]",
      },
    ]);
    assert.equal((await ask(server, `${APPLICATIONS}/refused`)).status, 404);
    assert.equal((await create("limited", { "appconn.dev/rate-limit": "5/s" })).status, 201);
    assert.equal((await annotate("limited", { "appconn.dev/rate-limit": "0/s" })).status, 422);
    const stored = await ask(server, `${APPLICATIONS}/limited`);
    assert.equal(stored.body.metadata.annotations["appconn.dev/rate-limit"], "5/s");
    assert.equal((await annotate("limited", { "appconn.dev/rate-limit": null })).status, 200);
  });

  test("create - a setting that there is not is stored with a warning", async () => {
    const { status, headers } = await create("warned", { "appconn.dev/rate-limits": "5/s" });
    assert.equal(status, 201);
    assert.match(headers.get("warning") ?? "", /appconn\.dev\/rate-limits.*there is no such setting/);
  });
});
