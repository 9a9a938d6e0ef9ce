import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { kinds } from "../../../src/core/resources/kinds.ts";
import { resourceName } from "../../../src/core/resources/kind.ts";
import { rootOf } from "../../../src/admin/discovery/root-of.ts";
import { userOf, type User } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, refusal, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

type Role = "admin" | "editor" | "viewer" | "shopEditor" | "shopViewer";

const ALL = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] as const;
type RequestVerb = (typeof ALL)[number];
const READS: readonly RequestVerb[] = ["get", "list", "watch"];

/** Kinds whose objects let their reader go on as somebody else. */
const HIDDEN = new Set(["secrets", "tokenrequests"]);

/** What the documentation promises (docs/guides/access.md), as a rule of its own. */
function expected(role: Role, plural: string, verb: RequestVerb): boolean {
  const reads = READS.includes(verb);
  switch (role) {
    case "admin":
    case "editor":
      return true;
    case "viewer":
      return reads && !HIDDEN.has(plural);
    case "shopEditor":
      return plural === "applications" || HIDDEN.has(plural) || (reads && plural === "events");
    case "shopViewer":
      return reads && (plural === "applications" || plural === "events");
  }
}

suite("admin roles", () => {
  let server: AdminServer;
  const users = new Map<Role, User>();
  before(async () => {
    server = await startAdminServer();
    await ask(server, APPLICATIONS, { body: application("shop") });
    for (const role of ["admin", "editor", "viewer"] as const) {
      users.set(role, await userOf(server, { name: `an-${role}`, role }));
    }
    const applications = ["shop"];
    users.set("shopEditor", await userOf(server, { name: "shop-editor", role: "editor", applications }));
    users.set("shopViewer", await userOf(server, { name: "shop-viewer", role: "viewer", applications }));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const userFor = (role: Role) => {
    const user = users.get(role);
    assert.ok(user);
    return user;
  };

  async function watched(path: string, { headers }: User) {
    const response = await server.fetch(path, { headers });
    await response.body?.cancel();
    return response;
  }

  /** Asks with a body that says nothing, so that whoever may is answered with something else than 403. */
  async function attempt(role: Role, kind: (typeof kinds)[number], verb: RequestVerb) {
    const place = kind.scope === "Cluster" ? rootOf(kind) : `${rootOf(kind)}/namespaces/default`;
    const path = `${place}/${kind.plural}`;
    const item = `${path}/shop`;
    const patch = { "content-type": "application/merge-patch+json" };
    // What nothing has, so that deletions delete nothing.
    const none = "labelSelector=no%3Dbody";
    const user = userFor(role);
    switch (verb) {
      case "get":
        return user.ask(item);
      case "list":
        return user.ask(path);
      case "watch":
        return watched(`${path}?watch=true&timeoutSeconds=1`, user);
      case "create":
        return user.ask(path, { method: "POST", body: "{" });
      case "update":
        return user.ask(item, { method: "PUT", body: "{" });
      case "patch":
        return user.ask(item, { method: "PATCH", body: "{", headers: patch });
      case "delete":
        return user.ask(item, { method: "DELETE", body: "{" });
      case "deletecollection":
        return user.ask(`${path}?${none}`, { method: "DELETE" });
    }
  }

  for (const role of ["admin", "editor", "viewer", "shopEditor", "shopViewer"] as const) {
    test(`roles - of every kind, ${role} may do what is documented and nothing else`, async () => {
      const tries = kinds.flatMap((kind) => ALL.map((verb) => ({ kind, verb })));
      await Promise.all(
        tries.map(async ({ kind, verb }) => {
          const { status } = await attempt(role, kind, verb);
          // Namespaces are deleted one by one: there is nothing to allow.
          if (kind.plural === "namespaces" && verb === "deletecollection" && status === 405) return;
          const what = `${verb} ${kind.plural}: ${status}`;
          assert.equal(status !== 403, expected(role, kind.plural, verb), what);
        }),
      );
    });
  }

  test("roles - a refusal says who may not do what, and where", async () => {
    const viewer = userFor("viewer");
    assert.deepEqual(refusal(await viewer.ask(SECRETS)), {
      code: 403,
      reason: "Forbidden",
      message:
        'secrets is forbidden: User "an-viewer" cannot list resource "secrets" in API group "" in the namespace "default"',
    });
    const { body } = await viewer.ask(`${APPLICATIONS}/shop`, { method: "DELETE" });
    const kind = kinds.find(({ plural }) => plural === "applications");
    assert.ok(kind);
    assert.equal(
      body.message,
      `${resourceName(kind)} "shop" is forbidden: User "an-viewer" cannot delete resource "applications" in API group "${kind.group}" at the cluster scope`,
    );
    assert.deepEqual(body.details, { name: "shop", group: kind.group, kind: "applications" } as never);
  });

  test("roles - a refusal of what is there is that of what is not", async () => {
    await ask(server, APPLICATIONS, { body: application("there") });
    const user = userFor("shopEditor");
    const methods = ["GET", "PUT", "PATCH", "DELETE"];
    for (const method of methods) {
      const asked = method === "GET" ? { method } : { method, body: "{}" };
      for (const query of ["", "?dryRun=All"]) {
        const there = await user.ask(`${APPLICATIONS}/there${query}`, asked);
        const missing = await user.ask(`${APPLICATIONS}/misss${query}`, asked);
        assert.equal(there.status, 403);
        assert.equal(there.text.replaceAll("there", "misss"), missing.text);
      }
    }
  });

  test("roles - discovery, versions and health are for everybody who is known", async () => {
    for (const role of users.keys()) {
      for (const path of ["/version", "/api", "/apis", "/api/v1", "/openapi/v2", "/readyz"]) {
        assert.equal((await userFor(role).ask(path)).status, 200, `${role} ${path}`);
      }
    }
  });

  test("roles - no Accept header gets a viewer a Secret", async () => {
    await ask(server, SECRETS, { body: secret("hidden", { stringData: { password: "p" } }) });
    for (const as of ["Table", "PartialObjectMetadataList", "PartialObjectMetadata"]) {
      const accept = `application/json;as=${as};g=meta.k8s.io;v=v1`;
      for (const path of [SECRETS, `${SECRETS}/hidden`, "/api/v1/secrets"]) {
        assert.equal((await userFor("viewer").ask(path, { headers: { accept } })).status, 403);
      }
    }
  });
});
