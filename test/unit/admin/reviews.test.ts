import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { userOf, type User } from "../../doubles/access.ts";
import { ask, type Asked, type Answer } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const MAY = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
const G = "applicationconnector.kyma-project.io";

interface AccessStatus {
  readonly allowed: boolean;
  readonly reason?: string;
}

suite("admin reviews", () => {
  let server: AdminServer;
  let viewer: User;
  let editor: User;
  before(async () => {
    server = await startAdminServer();
    viewer = await userOf(server, { name: "vera", role: "viewer" });
    editor = await userOf(server, { name: "ed", role: "editor", applications: ["shop"] });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const accessReview = (spec: object) => ({
    body: { kind: "SelfSubjectAccessReview", apiVersion: "authorization.k8s.io/v1", metadata: {}, spec },
  });
  const can = async (who: { ask: User["ask"] }, resourceAttributes: object) => {
    const { status, body } = await who.ask(MAY, accessReview({ resourceAttributes }));
    assert.equal(status, 201);
    return (body.status as AccessStatus).allowed;
  };
  const root = { ask: (path: string, asked?: Asked): Promise<Answer> => ask(server, path, asked) };

  test("reviews - who asks is told his name and groups", async () => {
    const body = { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" };
    const { status, body: answer } = await root.ask(WHO, { body });
    assert.equal(status, 201);
    assert.deepEqual(answer, {
      ...body,
      metadata: { creationTimestamp: null },
      status: {
        userInfo: { username: "admin", uid: "admin", groups: ["system:authenticated", "appconn:admin"] },
      },
    } as never);
    const { userInfo } = (await editor.ask(WHO, { body })).body.status as { userInfo: object };
    assert.deepEqual(userInfo, {
      username: "ed",
      uid: "ed",
      groups: ["system:authenticated", "appconn:editor"],
      extra: { "appconn.dev/applications": ["shop"] },
    });
  });

  test("reviews - an access review answers as the request itself would be", async () => {
    const applications = { group: G, resource: "applications" };
    assert.equal(await can(root, { verb: "*", group: "*", resource: "*" }), true);
    assert.equal(await can(viewer, { verb: "*", group: "*", resource: "*" }), false);
    assert.equal(await can(viewer, { ...applications, verb: "list" }), true);
    assert.equal(await can(viewer, { ...applications, verb: "*" }), false);
    assert.equal(await can(viewer, { ...applications, verb: "create" }), false);
    assert.equal(await can(viewer, { verb: "get", group: "", resource: "secrets" }), false);
    assert.equal(await can(editor, { ...applications, verb: "patch", name: "shop" }), true);
    assert.equal(await can(editor, { ...applications, verb: "patch", name: "other" }), false);
    assert.equal(
      await can(editor, { verb: "create", group: "", resource: "secrets", namespace: "default" }),
      true,
    );
    assert.equal(
      await can(editor, { verb: "create", group: "", resource: "secrets", namespace: "kube-system" }),
      false,
    );
    assert.equal(await can(root, { verb: "create", group: "appconn.dev", resource: "accesstokens" }), true);
    assert.equal(
      await can(editor, { verb: "create", group: "appconn.dev", resource: "accesstokens" }),
      false,
    );
  });

  test("reviews - nobody but an administrator may what is not served, and everybody may ask", async () => {
    const wide = await userOf(server, { name: "wide", role: "editor" });
    for (const [attributes, allowed] of [
      [{ verb: "create", group: "", resource: "pods" }, false],
      // What kubectl asks of a resource that it does not know.
      [{ verb: "create", group: "", resource: "accesstokens.appconn.dev" }, false],
      [{ verb: "create", group: "appconn.dev", resource: "accesstokens" }, false],
      [{ verb: "escalate", group: G, resource: "applications" }, false],
      [{ verb: "deletecollection", group: "", resource: "namespaces" }, false],
      [{ verb: "deletecollection", group: "", resource: "secrets" }, true],
      [{ verb: "create", group: "authorization.k8s.io", resource: "selfsubjectaccessreviews" }, true],
      [{ verb: "list", group: "authorization.k8s.io", resource: "selfsubjectaccessreviews" }, false],
    ] as const) {
      assert.equal(await can(wide, attributes), allowed, JSON.stringify(attributes));
      assert.equal(await can(root, attributes), true, JSON.stringify(attributes));
    }
    assert(!(await can(viewer, { verb: "get", group: "", resource: "pods" })));
    const own = { verb: "create", group: "authentication.k8s.io", resource: "selfsubjectreviews" };
    assert(await can(viewer, own));
    assert(await can(editor, own));
  });

  test("reviews - a denial says why, and the question is repeated", async () => {
    const spec = { resourceAttributes: { verb: "delete", group: G, resource: "applications", name: "x" } };
    const { body } = await editor.ask(MAY, accessReview(spec));
    assert.deepEqual(body.spec, spec);
    assert.deepEqual(body.status, {
      allowed: false,
      reason: 'User "ed" has the role editor for shop',
    });
  });

  test("reviews - paths that are no resources are everybody's to read", async () => {
    for (const [path, verb, allowed] of [
      ["/version", "get", true],
      ["/apis/x", "get", true],
      ["/version", "post", false],
      ["/v1/access/tokens", "get", false],
    ] as const) {
      const { body } = await viewer.ask(MAY, accessReview({ nonResourceAttributes: { path, verb } }));
      assert.equal((body.status as AccessStatus).allowed, allowed, `${verb} ${path}`);
    }
  });

  test("reviews - one question, neither none nor two", async () => {
    const both = { resourceAttributes: {}, nonResourceAttributes: {} };
    for (const spec of [{}, both]) {
      const { status, body } = await viewer.ask(MAY, accessReview(spec));
      assert.deepEqual([status, body.reason], [422, "Invalid"]);
    }
  });

  test("reviews - the rules are those of the role", async () => {
    const body = {
      kind: "SelfSubjectRulesReview",
      apiVersion: "authorization.k8s.io/v1",
      spec: { namespace: "default" },
    };
    const rules = async (who: { ask: User["ask"] }) => {
      const { resourceRules, incomplete } = (await who.ask(RULES, { body })).body.status as {
        resourceRules: { verbs: string[]; resources: string[] }[];
        incomplete: boolean;
      };
      assert.equal(incomplete, false);
      return Object.fromEntries(resourceRules.map(({ resources: [name], verbs }) => [name, verbs.length]));
    };
    assert.deepEqual(await rules(root), { "*": 1 });
    assert.deepEqual(await rules(editor), { applications: 8, tokenrequests: 8, secrets: 8, events: 3 });
    const seen = await rules(viewer);
    assert.equal(seen["applications"], 3);
    assert.ok(!("secrets" in seen) && !("accesstokens" in seen));
  });

  test("reviews - they are created, not read, and are what their path says", async () => {
    for (const path of [WHO, MAY, RULES]) {
      assert.equal((await viewer.ask(path)).status, 405);
      assert.equal((await viewer.ask(path, { body: "[]" })).status, 400);
    }
    const { status } = await viewer.ask(WHO, accessReview({}));
    assert.equal(status, 400);
  });

  test("reviews - kubectl's protobuf is read", async () => {
    // What `kubectl auth can-i delete applications.… -n default` sends, field by field.
    const field = (number: number, bytes: Uint8Array) =>
      Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
    const text = (number: number, value: string) => field(number, Buffer.from(value));
    const about = Buffer.concat([
      ...[text(1, "default"), text(2, "delete"), text(3, G), text(4, ""), text(5, "applications")],
      ...[text(6, ""), text(7, "shop")],
    ]);
    const raw = Buffer.concat([
      field(1, Buffer.alloc(0)),
      field(2, field(1, about)),
      field(3, Buffer.alloc(0)),
    ]);
    const type = Buffer.concat([text(1, "authorization.k8s.io/v1"), text(2, "SelfSubjectAccessReview")]);
    const body = Buffer.concat([Buffer.from("k8s\0"), field(1, type), field(2, raw)]);
    const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
    const answer = async (who: { ask: User["ask"] }) =>
      ((await who.ask(MAY, { body, headers })).body.status as AccessStatus).allowed;
    assert.deepEqual([await answer(editor), await answer(viewer), await answer(root)], [true, false, true]);
  });
});
