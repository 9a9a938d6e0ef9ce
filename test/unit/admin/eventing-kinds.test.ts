import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const MAPPINGS = "/apis/applicationconnector.kyma-project.io/v1alpha1/namespaces/default/applicationmappings";
const SUBSCRIPTIONS = "/apis/eventing.kyma-project.io/v1alpha2/namespaces/default/subscriptions";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

suite("mappings and subscriptions", () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  async function cells(path: string, length: number): Promise<unknown[][]> {
    const { body } = await ask(server, path, { headers: { accept: TABLE } });
    return body.rows.map((row) => row.cells.slice(0, length));
  }

  test("application mapping - services may be absent, null, none or some, and the table tells them apart", async () => {
    const specs = {
      a: {},
      b: { spec: null },
      c: { spec: { services: null } },
      d: { spec: { services: [] } },
      e: { spec: { services: [{ id: "x" }, { id: "y" }] } },
    };
    for (const [name, rest] of Object.entries(specs)) {
      const body = {
        kind: "ApplicationMapping",
        apiVersion: versionOf(MAPPINGS),
        metadata: { name },
        ...rest,
      };
      const { status, body: stored } = await ask(server, MAPPINGS, { body });
      assert.equal(status, 201, name);
      assert.deepEqual(stored.spec, "spec" in rest ? rest.spec : undefined);
    }
    assert.deepEqual(await cells(MAPPINGS, 2), [
      ["a", "all"],
      ["b", "all"],
      ["c", "all"],
      ["d", "0"],
      ["e", "2"],
    ]);
  });

  test("application mapping - there is no status subresource", async () => {
    const { status, body } = await ask(server, `${MAPPINGS}/a/status`);
    assert.equal(status, 404);
    assert.match(body.message, /do not have the subresource "status"/);
  });

  test("subscription - gets its defaults, and each one a map of its own", async () => {
    for (const name of ["orders", "returns"]) {
      const { status, body } = await ask(server, SUBSCRIPTIONS, { body: subscription(name) });
      assert.equal(status, 201);
      assert.equal(body.spec["typeMatching"], "standard");
      assert.deepEqual(body.spec["config"], { maxInFlightMessages: "10" });
    }
    const patched = await ask(server, `${SUBSCRIPTIONS}/orders`, {
      method: "PATCH",
      headers: { "content-type": "application/merge-patch+json" },
      body: { spec: { config: { maxInFlightMessages: "5", qos: "AT_LEAST_ONCE" } } },
    });
    assert.deepEqual(patched.body.spec["config"], { maxInFlightMessages: "5", qos: "AT_LEAST_ONCE" });
    const { body } = await ask(server, SUBSCRIPTIONS, { body: subscription("late") });
    assert.deepEqual(body.spec["config"], { maxInFlightMessages: "10" });
  });

  test("subscription - what is missing or of the wrong type is refused by its path", async () => {
    const { status, body } = await ask(server, SUBSCRIPTIONS, {
      body: { ...subscription("wrong"), spec: { types: "one", config: { qos: 1 } } },
    });
    assert.equal(status, 422);
    const fields = body.details.causes.map(({ field }) => field);
    assert.deepEqual(fields.toSorted(), ["spec.config.qos", "spec.sink", "spec.source", "spec.types"]);
  });

  test("subscription - its status is written at /status alone, and raises no generation", async () => {
    const status = {
      ready: true,
      types: [{ originalType: "order.created.v1", cleanType: "order.created.v1" }],
      conditions: [
        { type: "Subscription active", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" },
      ],
      backend: { types: [{ originalType: "order.created.v1", consumerName: "c" }] },
    };
    const created = await ask(server, SUBSCRIPTIONS, { body: { ...subscription("served"), status } });
    assert.equal(created.body.status, undefined);
    const { body } = await ask(server, `${SUBSCRIPTIONS}/served/status`, {
      method: "PUT",
      body: { ...created.body, status },
    });
    assert.deepEqual(body.status, status);
    assert.equal(body.metadata["generation"], 1);
    const rows = await cells(`${SUBSCRIPTIONS}?fieldSelector=metadata.name=served`, 3);
    assert.deepEqual(rows, [["served", "true", SINK]]);
    assert.deepEqual((await cells(SUBSCRIPTIONS, 2))[0], ["late", null]);
    const incomplete = await ask(server, `${SUBSCRIPTIONS}/served/status`, {
      method: "PUT",
      body: { ...created.body, metadata: { name: "served" }, status: { types: [] } },
    });
    assert.equal(incomplete.status, 422);
  });
});

const SINK = "http://orders.default.svc.cluster.local";

function subscription(name: string) {
  return {
    apiVersion: versionOf(SUBSCRIPTIONS),
    kind: "Subscription",
    metadata: { name },
    spec: { sink: SINK, source: "shop", types: ["order.created.v1"] },
  };
}

/** `/apis/GROUP/VERSION/…` → `GROUP/VERSION`. */
function versionOf(path: string): string {
  return path.split("/").slice(2, 4).join("/");
}
