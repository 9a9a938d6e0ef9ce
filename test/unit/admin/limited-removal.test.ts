import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { userOf, type User } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

const MERGE = { "content-type": "application/merge-patch+json" };
const STRATEGIC = { "content-type": "application/strategic-merge-patch+json" };

/** Of `shop`, with more metadata. */
function ours(name: string, more: object = {}): object {
  return secret(name, {
    metadata: { name, labels: { app: "shop" }, ...more },
    stringData: { password: "p" },
  });
}

/** What has the gateway send these Secrets to an address. */
function naming(...secretNames: string[]): object {
  const about = { displayName: "s", providerDisplayName: "p", description: "d" };
  const services = secretNames.map((secretName) => ({
    ...{ id: secretName, name: secretName, ...about },
    entries: [
      { type: "API", targetUrl: "https://mine.example/", credentials: { type: "Basic", secretName } },
    ],
  }));
  return { spec: { services } };
}

suite("admin limited removal", () => {
  let server: AdminServer;
  /** May edit `shop` and `shop-too`. */
  let user: User;
  before(async () => {
    server = await startAdminServer();
    const applications = ["shop", "shop-too"];
    user = await userOf(server, { name: "shop-editor", role: "editor", applications });
    for (const name of applications) await ask(server, APPLICATIONS, { body: application(name) });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const statusOf = async (path: string, method: string, asked: object = {}) =>
    (await user.ask(path, { method, ...asked })).status;
  const patchShop = (body: object) => statusOf(`${APPLICATIONS}/shop`, "PATCH", { body, headers: MERGE });
  const isThere = async (path: string) => (await ask(server, path)).status === 200;

  test("limited removal - a Secret that his Application names stays until it names it no more", async () => {
    await user.ask(SECRETS, { body: ours("named") });
    assert.equal(await patchShop(naming("named")), 200);
    const path = `${SECRETS}/named`;
    const refused = await user.ask(path, { method: "DELETE" });
    assert.equal(refused.status, 403);
    assert.match(
      refused.body.message,
      /"named" is forbidden: the Application "shop" names it: take it out there first/,
    );
    assert.equal(await statusOf(`${path}?dryRun=All`, "DELETE"), 403);
    assert.equal(await statusOf(SECRETS, "DELETE"), 403);
    assert(await isThere(path));
    assert.equal(await patchShop({ spec: { services: null } }), 200);
    assert.equal(await statusOf(path, "DELETE"), 200);
    assert(!(await isThere(path)));
  });

  test("limited removal - a Secret that is on its way out is not named, and does not end while it is", async () => {
    await user.ask(SECRETS, { body: ours("held", { finalizers: ["example.com/held"] }) });
    assert.equal(await patchShop(naming("held")), 200);
    const path = `${SECRETS}/held`;
    await ask(server, path, { method: "DELETE" });
    const release = { body: { metadata: { finalizers: null } }, headers: STRATEGIC };
    assert.equal(await statusOf(path, "PATCH", release), 403);
    assert(await isThere(path));
    assert.equal(await patchShop({ spec: { services: null } }), 200);
    assert.equal(await patchShop(naming("held")), 403);
    assert.equal(await statusOf(path, "PATCH", release), 200);
    assert(!(await isThere(path)));
  });

  test("limited removal - an Application stays whose Secret another one names", async () => {
    const { uid = "" } = (await ask(server, `${APPLICATIONS}/shop-too`)).body.metadata;
    const owner = {
      apiVersion: `${applicationKind.group}/v1alpha1`,
      kind: "Application",
      name: "shop-too",
      uid,
    };
    const metadata = { name: "lent", labels: { app: "shop-too" }, ownerReferences: [owner] };
    assert.equal((await user.ask(SECRETS, { body: secret("lent", { metadata }) })).status, 201);
    assert.equal(await patchShop(naming("lent")), 200);
    const path = `${APPLICATIONS}/shop-too`;
    const refused = await user.ask(path, { method: "DELETE" });
    assert.equal(refused.status, 403);
    assert.match(
      refused.body.message,
      /the Secret "lent" would go with it, and the Application "shop" names that/,
    );
    assert(await isThere(path));
    assert.equal(await patchShop({ spec: { services: null } }), 200);
    assert.equal(await statusOf(path, "DELETE"), 200);
    assert(!(await isThere(`${SECRETS}/lent`)));
  });

  test("limited removal - what is named and deleted at once is one or the other", async () => {
    for (let round = 0; round < 10; round++) {
      const name = `raced-${round}`;
      // oxlint-disable-next-line no-await-in-loop -- each round stands on its own
      await user.ask(SECRETS, { body: ours(name) });
      // oxlint-disable-next-line no-await-in-loop
      const [named, deleted] = await Promise.all([
        patchShop(naming(name)),
        statusOf(`${SECRETS}/${name}`, "DELETE"),
      ]);
      assert(
        (named === 200 && deleted === 403) || (named === 403 && deleted === 200),
        `named: ${named}, deleted: ${deleted}`,
      );
    }
  });
});
