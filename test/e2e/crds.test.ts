import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { kinds } from "../../src/core/resources/kinds.ts";
import { KubeApiServer } from "../doubles/kube-api-server.ts";

const crds = join(import.meta.dirname, "../../deploy/crds");
const custom = kinds.filter((kind) => kind.custom);

type Asked = [args: string, input?: string, extra?: readonly string[]];

suite("CRDs in a cluster", { skip: KubeApiServer.skip }, () => {
  let server: KubeApiServer;
  before(async () => {
    server = await KubeApiServer.start();
  });
  after(() => server[Symbol.asyncDispose]());

  async function shows(expected: RegExp, ...[args, input = "", extra = []]: Asked): Promise<void> {
    const { code, output } = await server.kubectl([...args.split(" "), ...extra], { input });
    assert.match(output, expected);
    assert.equal(code, 0, output);
  }

  async function refuses(expected: RegExp, args: string, input: string): Promise<void> {
    const { code, output } = await server.kubectl(args.split(" "), { input });
    assert.match(output, expected);
    assert.notEqual(code, 0, output);
  }

  test("CRDs - a real API server takes every one and finds nothing to complain of in its schema", async () => {
    await shows(/created \(server dry run\)/, `apply --server-side=false --dry-run=server -f ${crds}`);
    await shows(/created/, `apply -f ${crds}`);
    await shows(/condition met/, `wait --for=condition=Established --timeout=60s -f ${crds}`);
    for (const kind of custom) {
      const { output } = await server.kubectl(["get", "crd", `${kind.plural}.${kind.group}`, "-o", "json"]);
      const { status } = JSON.parse(output) as { status: { conditions: { type: string; status: string }[] } };
      assert.deepEqual(
        status.conditions.filter(({ type }) => type === "NonStructuralSchema"),
        [],
        kind.kind,
      );
    }
  });

  test("CRDs - the cluster checks objects as our own home does", async () => {
    const application = (spec: object) =>
      JSON.stringify({
        apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
        kind: "Application",
        metadata: { name: "shop" },
        spec,
      });
    await shows(/shop created/, "apply -f -", application({ description: "one", encodeUrl: null }));
    await shows(/^true$/, "get app shop -o jsonpath={.spec.encodeUrl}");
    await refuses(
      /Unsupported value: "X": supported values: "API", "Events"/,
      "apply -f -",
      application({ services: [{ id: "a", entries: [{ type: "X" }] }] }),
    );
    await refuses(/unknown field "spec\.descripton"/, "apply -f -", application({ descripton: "one" }));
    // Amendment A3: the status is written with the object, and need not say how far an installation is.
    const status = { conditions: [] };
    await shows(/patched/, `patch app shop --type=merge -p ${JSON.stringify({ status })}`);
    await shows(/^\{"conditions":\[\]\}$/, "get app shop -o jsonpath={.status}");
  });

  test("CRDs - a Subscription gets its defaults, and its status at /status", async () => {
    const subscription = {
      apiVersion: "eventing.kyma-project.io/v1alpha2",
      kind: "Subscription",
      metadata: { name: "orders" },
      spec: { sink: "http://s.default.svc.cluster.local", source: "shop", types: ["order.created.v1"] },
    };
    await shows(/orders created/, "apply -f -", JSON.stringify(subscription));
    const template = "jsonpath={.spec.typeMatching} {.spec.config}";
    await shows(/^standard \{"maxInFlightMessages":"10"\}$/, "get subscription orders -o", "", [template]);
    const status = { ready: true, types: [] };
    const patch = ["-p", JSON.stringify({ status })];
    await shows(/no change/, "patch subscription orders --type=merge", "", patch);
    await shows(/patched/, "patch subscription orders --type=merge --subresource=status", "", patch);
    await shows(/^NAME +READY +AGE\norders +true +\d+s$/m, "get kyma-eventing");
  });
});
