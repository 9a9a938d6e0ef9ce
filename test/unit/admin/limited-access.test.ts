import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { userOf, type User } from "../../doubles/access.ts";
import { APPLICATIONS, application, ask, SECRETS, secret } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";
import { eventually } from "../../doubles/eventually.ts";

const TOKEN_REQUESTS = "/apis/applicationconnector.kyma-project.io/v1alpha1/namespaces/default/tokenrequests";
const EVENTS = "/api/v1/namespaces/default/events";
const MERGE = { "content-type": "application/merge-patch+json" };
const STRATEGIC = { "content-type": "application/strategic-merge-patch+json" };

/** An Application that has the gateway send a Secret to an address. */
function naming(name: string, secretName: string, targetUrl = "https://attacker.example/") {
  const credentials = { type: "Basic", secretName };
  const entries = [{ type: "API", targetUrl, credentials }];
  const service = {
    id: "s",
    name: "s",
    displayName: "s",
    providerDisplayName: "p",
    description: "d",
    entries,
  };
  return application(name, { spec: { services: [service] } });
}

/** As the registry makes them: with the Application as owner. */
function ownedSecret(name: string, owner: Owner) {
  const metadata = { name, ownerReferences: ownersOf(owner) };
  return secret(name, { metadata, stringData: { password: "p" } });
}

interface Owner {
  readonly name: string;
  readonly uid: string;
}

function ownersOf(owner: Owner) {
  return [{ apiVersion: `${applicationKind.group}/v1alpha1`, kind: "Application", ...owner }];
}

const labelled = (name: string, app: string) =>
  secret(name, { metadata: { name, labels: { app } }, stringData: { password: "p" } });

suite("admin limited access", () => {
  let server: AdminServer;
  /** May edit `shop`. */
  let user: User;
  let victimUid: string;
  before(async () => {
    server = await startAdminServer();
    user = await userOf(server, { name: "shop-editor", role: "editor", applications: ["shop"] });
    for (const name of ["shop", "victim", "zoo"])
      await ask(server, APPLICATIONS, { body: application(name) });
    victimUid = (await ask(server, `${APPLICATIONS}/victim`)).body.metadata["uid"] ?? "";
    const owner = { name: "victim", uid: victimUid };
    await ask(server, SECRETS, { body: ownedSecret("victims", owner) });
    await ask(server, SECRETS, { body: labelled("victims-labelled", "victim") });
    await ask(server, SECRETS, { body: labelled("nobodys", "") });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  const refused = async (path: string, asked: Parameters<User["ask"]>[1], code = 403) => {
    const { status, text } = await user.ask(path, asked);
    assert.equal(status, code, text);
    return text;
  };
  const items = async (path: string) => {
    const { status, text } = await user.ask(path);
    assert.equal(status, 200, text);
    const { items: found } = JSON.parse(text) as { items: { metadata: { name: string } }[] };
    return found.map(({ metadata }) => metadata.name);
  };

  test("limited access - his Application is made, read, changed and deleted like any other", async () => {
    const own = await userOf(server, { name: "mine", role: "editor", applications: ["mine"] });
    assert.equal((await own.ask(APPLICATIONS, { body: application("mine") })).status, 201);
    const { body } = await own.ask(`${APPLICATIONS}/mine`);
    const changed = { ...body, spec: { description: "changed" } };
    assert.equal((await own.ask(`${APPLICATIONS}/mine`, { method: "PUT", body: changed })).status, 200);
    const patch = { body: { metadata: { labels: { a: "b" } } }, headers: MERGE };
    const patched = await own.ask(`${APPLICATIONS}/mine`, { method: "PATCH", ...patch });
    assert.deepEqual([patched.status, patched.body.metadata.labels], [200, { a: "b" }]);
    assert.equal((await own.ask(`${APPLICATIONS}/mine`, { method: "PUT", body })).status, 409);
    assert.equal((await own.ask(`${APPLICATIONS}/mine`, { method: "DELETE" })).status, 200);
    assert.equal((await own.ask(`${APPLICATIONS}/mine`)).status, 404);
  });

  test("limited access - lists have what is his, whatever is asked for", async () => {
    for (const query of [
      "",
      "?limit=1",
      "?labelSelector=!x",
      "?limit=1&continue=x",
      "?fieldSelector=metadata.name!=x",
    ]) {
      assert.deepEqual(await items(APPLICATIONS + query), ["shop"], query);
    }
    assert.deepEqual(await items(`${APPLICATIONS}?fieldSelector=metadata.name=victim`), []);
    assert.deepEqual(await items(SECRETS), []);
    assert.deepEqual(await items("/api/v1/secrets"), []);
    const several = await userOf(server, { name: "several", role: "viewer", applications: ["zoo", "shop"] });
    const { body } = await several.ask(APPLICATIONS);
    assert.deepEqual(
      body.items.map(({ metadata }) => metadata["name"]),
      ["shop", "zoo"],
    );
    const table = { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" };
    const { rows } = (await several.ask(APPLICATIONS, { headers: table })).body;
    assert.deepEqual(
      rows.map(({ cells }) => cells[0]),
      ["shop", "zoo"],
    );
  });

  test("limited access - of Events, those of his Applications are read, and none is written", async () => {
    const about = (kind: string, name: string, rest: object = {}) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${kind}-${name}`.toLowerCase() },
      involvedObject: { apiVersion: `${applicationKind.group}/v1alpha1`, kind, name, ...rest },
    });
    for (const event of [
      about("Application", "shop"),
      about("TokenRequest", "shop", { namespace: "default" }),
      about("Application", "victim"),
      about("Other", "shop"),
      about("Secret", "shop", { apiVersion: "v1", namespace: "default" }),
    ]) {
      const { status } = await ask(server, EVENTS, { body: event });
      assert.equal(status, 201);
    }
    const his = ["application-shop", "tokenrequest-shop"];
    assert.deepEqual(await items(EVENTS), his);
    assert.deepEqual(await items("/api/v1/events?limit=1"), his);
    assert.deepEqual(await items("/api/v1/events?fieldSelector=involvedObject.name%3Dvictim"), []);
    await refused(`${EVENTS}/application-victim`, {}, 404);
    for (const asked of [
      { method: "DELETE" },
      { method: "PATCH", headers: MERGE, body: { message: "forged" } },
      { method: "PUT", body: about("Application", "shop") },
    ]) {
      await refused(`${EVENTS}/application-shop`, asked);
    }
    await refused(EVENTS, { body: about("Application", "shop", { uid: "forged" }) });
    await refused(EVENTS, { method: "DELETE" });
    const response = await server.fetch("/api/v1/events?watch=true&timeoutSeconds=1", {
      headers: user.headers,
    });
    const seen = (await response.text()).matchAll(/"name":"([a-z]+-[a-z]+)"/g);
    assert.deepEqual(
      Array.from(seen, ([, name]) => name),
      his,
    );
    const both = await userOf(server, { name: "both", role: "viewer", applications: ["shop", "victim"] });
    assert.deepEqual(
      (await both.ask(EVENTS)).body.items.map(({ metadata }) => metadata["name"]),
      ["application-shop", "application-victim", "tokenrequest-shop"],
    );
    const viewer = await userOf(server, { name: "shop-viewer", role: "viewer", applications: ["shop"] });
    assert.equal((await viewer.ask(`${EVENTS}/application-shop`)).status, 200);
  });

  test("limited access - what was in the past is not listed, the present is, under its exact version too", async () => {
    const { metadata } = (await user.ask(SECRETS)).body;
    const exactly = (version: string | undefined) =>
      user.ask(`${SECRETS}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    assert.equal((await exactly(metadata["resourceVersion"])).status, 200);
    await ask(server, SECRETS, { body: labelled("victims-later", "victim") });
    assert.equal((await exactly(metadata["resourceVersion"])).status, 410);
  });

  test("limited access - a watch tells of what is his alone", async () => {
    const several = await userOf(server, { name: "watching", role: "editor", applications: ["shop", "zoo"] });
    for (const [path, make] of [
      [APPLICATIONS, (name: string) => ask(server, APPLICATIONS, { body: application(name) })],
      [SECRETS, (name: string) => ask(server, SECRETS, { body: labelled(name, "victim") })],
    ] as const) {
      const response = await server.fetch(`${path}?watch=true&timeoutSeconds=60`, {
        headers: several.headers,
      });
      const reader = response.body?.getReader();
      assert.ok(reader);
      await make("not-his");
      await ask(server, SECRETS, { body: labelled(`his-${path.length}`, "zoo") });
      const patch = { body: { metadata: { labels: { last: String(path.length) } } }, headers: MERGE };
      await ask(server, `${APPLICATIONS}/zoo`, { method: "PATCH", ...patch });
      let seen = "";
      while (!/"last":"\d+"|"name":"his-/.test(seen))
        seen += Buffer.from((await reader.read()).value ?? []).toString();
      await reader.cancel();
      assert.doesNotMatch(seen, /not-his|victim/);
    }
  });

  test("limited access - a Secret that is his no more is deleted for his watch, without what it holds now", async () => {
    await ask(server, SECRETS, { body: labelled("moving", "shop") });
    const response = await server.fetch(`${SECRETS}?watch=true&timeoutSeconds=60`, { headers: user.headers });
    const reader = response.body?.getReader();
    assert.ok(reader);
    let seen = "";
    const until = async (sought: string) => {
      while (!seen.includes(sought)) seen += Buffer.from((await reader.read()).value ?? []).toString();
    };
    await until('"moving"');
    const moved = { metadata: { labels: { app: "victim" } }, stringData: { later: "value" } };
    await ask(server, `${SECRETS}/moving`, { method: "PATCH", body: moved, headers: STRATEGIC });
    await until('"DELETED"');
    await reader.cancel();
    assert.ok(!seen.includes('"later"'), seen);
    assert.equal((await user.ask(`${SECRETS}/moving`)).status, 404);
  });

  test("limited access - a Secret of another cannot be named, however the Application comes to name it", async () => {
    for (const name of ["victims", "victims-labelled", "nobodys", "not-there-yet"]) {
      const body = naming("shop", name);
      const { body: stored } = await user.ask(`${APPLICATIONS}/shop`);
      const whole = { ...stored, spec: body.spec };
      for (const query of ["", "?dryRun=All"]) {
        await refused(`${APPLICATIONS}/shop${query}`, { method: "PUT", body: whole });
        await refused(`${APPLICATIONS}/shop${query}`, {
          method: "PATCH",
          body: { spec: body.spec },
          headers: MERGE,
        });
      }
      const other = { type: "API", targetUrl: "https://x.example" };
      for (const entry of [
        { ...other, requestParametersSecretName: name },
        { ...other, oauthUrl: "https://x.example/token", credentialsSecretName: name },
      ]) {
        const service = { id: "s", name: "s", displayName: "s", providerDisplayName: "p", description: "d" };
        await refused(`${APPLICATIONS}/shop`, {
          method: "PATCH",
          body: { spec: { services: [{ ...service, entries: [entry] }] } },
          headers: MERGE,
        });
      }
      for (const annotation of ["appconn.dev/ca-bundle", "e.s.appconn.dev/ca-bundle"]) {
        await refused(`${APPLICATIONS}/shop`, {
          method: "PATCH",
          body: { metadata: { annotations: { [annotation]: name } } },
          headers: MERGE,
        });
      }
    }
    const fresh = await userOf(server, { name: "fresh", role: "editor", applications: ["fresh"] });
    assert.equal((await fresh.ask(APPLICATIONS, { body: naming("fresh", "victims") })).status, 403);
    assert.equal((await fresh.ask(`${APPLICATIONS}/fresh`)).status, 404);
    const { spec } = (await ask(server, `${APPLICATIONS}/shop`)).body;
    assert.deepEqual(spec, { description: "a shop", encodeUrl: true });
  });

  test("limited access - a Secret of his own may be named, and one that an administrator named stays named", async () => {
    assert.equal((await user.ask(SECRETS, { body: labelled("own", "shop") })).status, 201);
    const patch = (body: object) =>
      user.ask(`${APPLICATIONS}/shop`, { method: "PATCH", body, headers: MERGE });
    assert.equal((await patch({ spec: naming("shop", "own").spec })).status, 200);
    const given = naming("shop", "nobodys", "https://given.example/").spec;
    await ask(server, `${APPLICATIONS}/shop`, { method: "PATCH", body: { spec: given }, headers: MERGE });
    assert.equal((await patch({ spec: { description: "kept" } })).status, 200);
    await patch({ spec: { services: null } });
    assert.equal((await patch({ spec: given })).status, 403, "once gone, it is not named again");
  });

  test("limited access - Secrets of others are not there, to be read, changed, deleted or taken over", async () => {
    for (const name of ["victims", "victims-labelled", "nobodys"]) {
      const missing = (await user.ask(`${SECRETS}/none`)).text;
      assert.equal((await user.ask(`${SECRETS}/${name}`)).text.replaceAll(name, "none"), missing);
      await refused(`${SECRETS}/${name}`, { method: "DELETE" }, 404);
      const take = { metadata: { labels: { app: "shop" } } };
      for (const query of ["", "?dryRun=All"]) {
        const path = `${SECRETS}/${name}${query}`;
        await refused(path, { method: "PATCH", body: take, headers: STRATEGIC }, 404);
        await refused(path, { method: "PUT", body: labelled(name, "shop") }, 404);
      }
      assert.equal((await ask(server, `${SECRETS}/${name}`)).status, 200);
    }
    await user.ask(SECRETS, { method: "DELETE" });
    assert.equal((await ask(server, `${SECRETS}/victims`)).status, 200, "deletecollection took it along");
  });

  test("limited access - what the registry made for his Application is his, also under a long name", async () => {
    const [long, short] = ["a".repeat(70), "a".repeat(63)];
    for (const name of [long, short]) await ask(server, APPLICATIONS, { body: application(name) });
    const uid = async (name: string) =>
      (await ask(server, `${APPLICATIONS}/${name}`)).body.metadata["uid"] ?? "";
    const registered = async (name: string, app: string) => {
      const owner = { name, uid: await uid(name) };
      const metadata = { name: `of-${name.length}`, labels: { app }, ownerReferences: ownersOf(owner) };
      await ask(server, SECRETS, { body: secret(metadata.name, { metadata }) });
    };
    // As the registry cuts it.
    await registered(long, short);
    await registered(short, short);
    for (const [name, seen] of [
      [long, "of-70"],
      [short, "of-63"],
    ] as const) {
      const own = await userOf(server, { name: `for-${seen}`, role: "editor", applications: [name] });
      const { body } = await own.ask(SECRETS);
      const names = body.items.map(({ metadata }) => metadata["name"]);
      assert.deepEqual(names, [seen]);
      for (const one of ["of-63", "of-70"]) {
        assert.equal((await own.ask(`${SECRETS}/${one}`)).status, one === seen ? 200 : 404);
      }
    }
  });

  test("limited access - what he makes or changes stays his", async () => {
    assert.equal((await user.ask(SECRETS, { body: labelled("stays", "shop") })).status, 201);
    const owner = { name: "victim", uid: victimUid };
    await refused(SECRETS, { body: secret("unlabelled") });
    await refused(SECRETS, { body: labelled("for-another", "victim") });
    await refused(SECRETS, { body: ownedSecret("given", owner) });
    const both = ownedSecret("both", owner);
    await refused(SECRETS, {
      body: {
        ...both,
        metadata: { name: "both", labels: { app: "shop" }, ownerReferences: ownersOf(owner) },
      },
    });
    const change = (metadata: object) =>
      refused(`${SECRETS}/stays`, { method: "PATCH", body: { metadata }, headers: STRATEGIC });
    await change({ labels: { app: "victim" } });
    await change({ labels: { app: null } });
    await change({ ownerReferences: ownersOf(owner) });
    const kept = (await ask(server, `${SECRETS}/stays`)).body.metadata;
    assert.deepEqual([kept.labels, kept["ownerReferences"]], [{ app: "shop" }, undefined]);
  });

  test("limited access - the registry's own records are neither made nor seen", async () => {
    const labels = { app: "shop", registry: "change" };
    const record = secret("forged", { metadata: { name: "forged", labels }, stringData: { record: "{}" } });
    await refused(SECRETS, { body: record });
    await ask(server, SECRETS, { body: { ...record, metadata: { name: "real", labels } } });
    await refused(`${SECRETS}/real`, {}, 404);
  });

  test("limited access - nothing is given to another's Application to go with it", async () => {
    const apiVersion = "applicationconnector.kyma-project.io/v1alpha1";
    const ownerReferences = [{ apiVersion, kind: "Application", name: "victim", uid: victimUid }];
    await refused(`${APPLICATIONS}/shop`, {
      method: "PATCH",
      body: { metadata: { ownerReferences } },
      headers: MERGE,
    });
    const namespace = (await ask(server, "/api/v1/namespaces/default")).body.metadata["uid"] ?? "";
    const foreign = [{ apiVersion: "v1", kind: "Namespace", name: "default", uid: namespace }];
    await refused(`${APPLICATIONS}/shop`, {
      method: "PATCH",
      body: { metadata: { ownerReferences: foreign } },
      headers: MERGE,
    });
  });

  test("limited access - other names are refused, also where the body alone says them", async () => {
    await refused(APPLICATIONS, { body: application("new-one") });
    await refused(APPLICATIONS, { body: application("victim") });
    await refused(APPLICATIONS, { body: { ...application("x"), metadata: { generateName: "shop" } } });
    await refused(`${APPLICATIONS}/shop`, { method: "PUT", body: application("victim") }, 400);
    await refused(`${APPLICATIONS}/victim`, { method: "PUT", body: application("victim") });
    await user.ask(`${APPLICATIONS}?labelSelector=!none`, { method: "DELETE" });
    assert.equal((await ask(server, `${APPLICATIONS}/victim`)).status, 200);
    await ask(server, APPLICATIONS, { body: application("shop") });
  });

  test("limited access - what bounds his Application is not his to change", async () => {
    for (const [name, value, another] of [
      ["appconn.dev/address-policy", "public", "private"],
      ["s.appconn.dev/address-policy", "!10.0.0.0/8, private", "private"],
      ["appconn.dev/allowed-callers", "spiffe://cluster.local/ns/shop/*", "spiffe://cluster.local/*"],
      ["e.s.appconn.dev/allowed-networks", "192.0.2.0/24", "0.0.0.0/0"],
    ] as const) {
      const patch = (to: string | null) => ({
        method: "PATCH",
        body: { metadata: { annotations: { [name]: to } } },
        headers: MERGE,
      });
      await refused(`${APPLICATIONS}/shop`, patch(value));
      assert.equal((await ask(server, `${APPLICATIONS}/shop`, patch(value))).status, 200);
      await refused(`${APPLICATIONS}/shop`, patch(null));
      await refused(`${APPLICATIONS}/shop`, patch(another));
    }
    const other = { metadata: { annotations: { note: "his" } } };
    const { status } = await user.ask(`${APPLICATIONS}/shop`, {
      method: "PATCH",
      body: other,
      headers: MERGE,
    });
    assert.equal(status, 200);
  });

  test("limited access - pairing by a TokenRequest is for his Application, as it is", async () => {
    const apiVersion = "applicationconnector.kyma-project.io/v1alpha1";
    const request = (name: string, extra: object = {}) => ({
      body: { apiVersion, kind: "TokenRequest", metadata: { name }, ...extra },
    });
    await refused(TOKEN_REQUESTS, request("victim"));
    await refused(TOKEN_REQUESTS, request("shop", { context: { tenant: "t", group: "g" } }));
    assert.equal((await user.ask(TOKEN_REQUESTS, request("shop"))).status, 201);
    await refused(`${TOKEN_REQUESTS}/shop`, {
      method: "PATCH",
      body: { context: { tenant: "t", group: "g" } },
      headers: MERGE,
    });
    await ask(server, TOKEN_REQUESTS, request("victim"));
    await refused(`${TOKEN_REQUESTS}/victim`, {});
    assert.deepEqual(await items(TOKEN_REQUESTS), ["shop"]);
  });

  test("limited access - other namespaces and kinds are closed", async () => {
    for (const path of [
      "/api/v1/namespaces/kube-system/secrets",
      "/api/v1/namespaces/default/configmaps",
      "/api/v1/namespaces",
      "/api/v1/namespaces/default",
      "/api/v1/services",
      "/apis/rafter.kyma-project.io/v1beta1/clusterassets",
    ]) {
      await refused(path, {});
      await refused(path, { method: "POST", body: "{}" }, 403);
    }
  });

  test("limited access - writes at once with others' are not lost, and rest on what was looked at", async () => {
    const secrets = server.store.collection(secretKind);
    await secrets.create({ metadata: { name: "busy", namespace: "default", labels: { app: "shop" } } });
    const patches = Array.from({ length: 8 }, async (_, index) => {
      const body = { stringData: { [`key-${index}`]: "v" } };
      return (await user.ask(`${SECRETS}/busy`, { method: "PATCH", body, headers: STRATEGIC })).status;
    });
    const statuses = await Promise.all(patches);
    const stored = await secrets.get({ name: "busy", namespace: "default" });
    const done = statuses.filter((status) => status === 200).length;
    assert.ok(
      statuses.every((status) => status === 200 || status === 409),
      statuses.join(" "),
    );
    await eventually(() => assert.equal(Object.keys(stored?.data ?? {}).length, done));
  });
});
