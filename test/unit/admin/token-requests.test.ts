import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { tokenRequestKind } from "../../../src/core/resources/token-request.ts";
import { adminWritten } from "../../../src/telemetry/channels.ts";
import { ask, refusal } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

const TOKEN_REQUESTS = "/apis/applicationconnector.kyma-project.io/v1alpha1/namespaces/default/tokenrequests";
const TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
const MERGE = { "content-type": "application/merge-patch+json" };
const CANARY = "dG9rZW4tY2FuYXJ5LTdmM2E==";
const LINK = `https://connector-service.example.com/v1/applications/signingRequests/info?token=${CANARY}`;

const filled = {
  token: CANARY,
  url: LINK,
  expireAfter: "2999-01-01T00:00:00Z",
  application: "shop",
  state: "OK",
};

function tokenRequest(name: string, extra: object = {}) {
  const apiVersion = "applicationconnector.kyma-project.io/v1alpha1";
  return { apiVersion, kind: "TokenRequest", metadata: { name }, ...extra };
}

suite("admin token requests", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const create = async (name: string, extra?: object) => {
    const answer = await ask(server, TOKEN_REQUESTS, { body: tokenRequest(name, extra) });
    assert.equal(answer.status, 201, answer.text);
    return answer.body as unknown as Record<string, unknown> & { metadata: Record<string, unknown> };
  };

  test("token request - nothing but a name is needed, and context stands beside spec", async () => {
    const bare = await create("bare");
    assert.deepEqual(Object.keys(bare).toSorted(), ["apiVersion", "kind", "metadata"]);
    assert.equal(bare.metadata["generation"], 1);
    const context = { tenant: "t", group: "g" };
    assert.deepEqual((await create("central", { context }))["context"], context);
    const path = `${TOKEN_REQUESTS}?fieldValidation=Strict`;
    const body = tokenRequest("pruned", { spec: { context } });
    const refused = await ask(server, path, { body });
    assert.match(refusal(refused).message, /unknown field "spec"/);
  });

  test("token request - the status is written with the object, whole or in part", async () => {
    const body = await create("filled", { status: filled });
    assert.deepEqual(body["status"], filled);
    assert.equal((await ask(server, `${TOKEN_REQUESTS}/filled/status`)).status, 404);
    await create("failed");
    const patch = { status: { state: "Error", application: "failed" } };
    const path = `${TOKEN_REQUESTS}/failed`;
    const answer = await ask(server, path, { method: "PATCH", body: patch, headers: MERGE });
    assert.deepEqual([answer.status, answer.body.status], [200, patch.status]);
    const bad = await ask(server, path, {
      method: "PATCH",
      body: { status: { expireAfter: "soon" } },
      headers: MERGE,
    });
    assert.equal(bad.status, 422);
  });

  test("token request - no table shows the token or its link, nor what kubectl applied", async () => {
    const status = filled;
    const annotations = {
      "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ status }),
    };
    await create("shown", { metadata: { name: "shown", annotations }, status });
    for (const path of [TOKEN_REQUESTS, `${TOKEN_REQUESTS}/shown`]) {
      const { text, body } = await ask(server, path, { headers: TABLE });
      assert.equal(text.includes(CANARY), false);
      const names = body.columnDefinitions.map(({ name }) => name);
      assert.deepEqual(names, ["Name", "State", "Expires", "Age", "Application"]);
      const row = body.rows.find(({ cells }) => cells[0] === "shown");
      assert.deepEqual(row?.cells.toSpliced(3, 1), ["shown", "OK", "2999-01-01T00:00:00Z", "shop"]);
    }
    assert.equal(tokenRequestKind.columns.at(-1)?.priority, 1);
    const { body } = await ask(server, `${TOKEN_REQUESTS}/shown`);
    assert.deepEqual(body.status, filled);
  });

  test("token request - no file and no audit record holds the token, not even after it is gone", async () => {
    const written: unknown[] = [];
    const listener = (message: unknown) => void written.push(message);
    adminWritten.subscribe(listener);
    try {
      await create("sealed", { status: filled });
      const path = `${TOKEN_REQUESTS}/sealed`;
      const body = { status: { token: `${CANARY}-2` } };
      await ask(server, path, { method: "PATCH", body, headers: MERGE });
      await ask(server, path, { method: "DELETE" });
      await eventually(() => assert.equal(written.length, 3));
    } finally {
      adminWritten.unsubscribe(listener);
    }
    assert.equal(JSON.stringify(written).includes(CANARY), false);
    const files = readdirSync(server.directory).filter((name) => name.startsWith("store."));
    assert(files.includes("store.db-wal"));
    for (const name of files) {
      assert.equal(readFileSync(join(server.directory, name)).includes(CANARY), false, name);
    }
  });

  test("token request - no refusal quotes the token, however it is sent", async () => {
    await create("quoting", { status: filled });
    const texts: string[] = [];
    for (const status of [{ token: { a: CANARY } }, { url: [CANARY] }, CANARY, { state: { b: CANARY } }]) {
      const created = await ask(server, TOKEN_REQUESTS, { body: tokenRequest("leak", { status }) });
      const headers = MERGE;
      const patched = await ask(server, `${TOKEN_REQUESTS}/quoting`, {
        method: "PATCH",
        body: { status },
        headers,
      });
      assert.deepEqual([created.status, patched.status], [422, 422]);
      texts.push(created.text, patched.text);
    }
    assert.equal(texts.join("").includes(CANARY), false);
  });
});
