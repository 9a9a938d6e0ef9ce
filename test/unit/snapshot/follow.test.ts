import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Application } from "../../../src/core/resources/application.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { systemClock } from "../../../src/core/clock.ts";
import type { CompileContext } from "../../../src/snapshot/compile-api.ts";
import type { CompiledApplication } from "../../../src/snapshot/compiled.ts";
import { StoreFollower, type FindSecret, type FollowOptions } from "../../../src/snapshot/follow.ts";
import { settingOf } from "../../../src/snapshot/origin.ts";
import { Snapshot } from "../../../src/snapshot/snapshot.ts";
import type { Change } from "../../../src/stores/store.ts";
import { eventually } from "../../doubles/eventually.ts";
import { WatchedStore } from "../../doubles/watched-store.ts";

const SYNCED: Change<Resource> = { type: "synced", resourceVersion: "1" };

function resource(kind: string, name: string, more: object = {}): Resource {
  const metadata = { name, uid: name, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" };
  return { apiVersion: "v1", kind, metadata, ...more };
}

const added = (object: Resource): Change<Resource> => ({ type: "added", object });
const deleted = (object: Resource): Change<Resource> => ({ type: "deleted", object });
const application = (name: string, secret = "") =>
  resource("Application", name, { spec: { description: secret } });

/** Compiles an Application to its name and what its Secret (named by the description) held at the time. */
interface Compilation {
  readonly name: string;
  readonly secret: string | undefined;
}

function startFollowing(context: TestContext, clock = systemClock, extend?: FollowOptions["extend"]) {
  const refreshed: string[] = [];
  const watched = new WatchedStore();
  const snapshot = new Snapshot();
  const compilations: Compilation[] = [];
  const interruptions: unknown[] = [];
  const compile = (value: Application, find: FindSecret): CompiledApplication => {
    const { name } = value.metadata;
    const secretName = value.spec?.description ?? "";
    compilations.push({ name, secret: find(secretName)?.metadata.resourceVersion });
    const none = new Map();
    const secretNames = new Set(secretName === "" ? [] : [secretName]);
    return { name, byService: none, byEntry: none, byHost: none, apis: [], secretNames };
  };
  const started = StoreFollower.start({
    store: watched.store,
    snapshot,
    compile,
    ...(extend && { extend }),
    credentialsNamespace: "kyma-system",
    clock,
    interrupted: (error) => interruptions.push(error),
    refreshed: (name) => refreshed.push(name),
  });
  context.after(async () => (await started.catch(() => undefined))?.close());
  return { watched, snapshot, compilations, interruptions, refreshed, started };
}

/** Follows with one Application `shop` that uses Secret `s`, both there from the start. */
async function followShop(context: TestContext, clock = systemClock, extend?: FollowOptions["extend"]) {
  const following = startFollowing(context, clock, extend);
  const [secrets] = following.watched.watches("Secret");
  const [applications] = following.watched.watches("Application");
  assert.ok(secrets && applications);
  secrets.sends(added(resource("Secret", "s")), SYNCED);
  applications.sends(added(application("shop", "s")), SYNCED);
  await following.started;
  return { ...following, secrets, applications };
}

test("follow - nothing counts as synced before both lists are complete and compiled", async (context) => {
  const { watched, snapshot, compilations, started } = startFollowing(context);
  const [secrets] = watched.watches("Secret");
  const [applications] = watched.watches("Application");
  applications?.sends(added(application("shop", "s")), added(application("erp")), SYNCED);
  await eventually(() => assert.equal(snapshot.size, 2));
  assert.equal(snapshot.synced, false);
  secrets?.sends(added(resource("Secret", "s")), SYNCED);
  await started;
  assert.equal(snapshot.synced, true);
  assert.deepEqual(compilations.at(-1), { name: "shop", secret: "1" });
});

test("follow - a changed, created or deleted Secret recompiles the Applications that name it, and only those", async (context) => {
  const { secrets, applications, compilations } = await followShop(context);
  applications.sends(added(application("erp", "other")));
  await eventually(() => assert.equal(compilations.at(-1)?.name, "erp"));
  const before = compilations.length;
  secrets.sends({
    type: "modified",
    object: {
      ...resource("Secret", "s"),
      metadata: { ...resource("Secret", "s").metadata, resourceVersion: "2" },
    },
  });
  await eventually(() => assert.deepEqual(compilations.slice(before), [{ name: "shop", secret: "2" }]));
  secrets.sends(
    deleted(resource("Secret", "s")),
    added(resource("Secret", "other")),
    added(resource("Secret", "unused")),
  );
  await eventually(() =>
    assert.deepEqual(compilations.slice(before + 1), [
      { name: "shop", secret: undefined },
      { name: "erp", secret: "1" },
    ]),
  );
});

test("follow - a deleted Application is withdrawn, and its Secret concerns nobody any more", async (context) => {
  const { secrets, applications, snapshot, compilations } = await followShop(context);
  applications.sends(deleted(application("shop", "s")));
  await eventually(() => assert.equal(snapshot.application("shop"), undefined));
  const before = compilations.length;
  secrets.sends({ type: "modified", object: resource("Secret", "s") }, SYNCED);
  applications.sends(added(application("erp")));
  await eventually(() => assert.equal(compilations.length, before + 1));
  assert.equal(compilations.at(-1)?.name, "erp");
});

test("follow - after a broken watch the snapshot stands, and what was deleted meanwhile goes with the next list", async (context) => {
  const { watched, applications, snapshot, interruptions } = await followShop(context);
  applications.sends(added(application("gone")), added(application("stays")));
  await eventually(() => assert.equal(snapshot.size, 3));
  applications.breaks(new Error("connection lost"));
  await eventually(() => assert.equal(watched.watches("Application").length, 2));
  assert.equal(interruptions.length, 1);
  assert.equal(snapshot.size, 3);
  watched.watches("Application")[1]?.sends(added(application("stays")), added(application("new")), SYNCED);
  await eventually(() => assert.deepEqual(names(snapshot), ["new", "stays"]));
  assert.equal(snapshot.synced, true);
});

function names(snapshot: Snapshot): string[] {
  return ["gone", "new", "shop", "stays"].filter((name) => snapshot.application(name) !== undefined);
}

test("follow - a store that cannot be read at the start is an error for whoever starts", async (context) => {
  const { watched, started, snapshot } = startFollowing(context);
  const failure = new Error("disk gone");
  watched.watches("Secret")[0]?.breaks(failure);
  await assert.rejects(started, failure);
  assert.equal(snapshot.synced, false);
});

test("follow - closing ends both watches", async (context) => {
  const { started, interruptions } = await followShop(context);
  await (await started).close();
  assert.deepEqual(interruptions, []);
});

test("follow - an Application that is extended is not compiled, until a Secret of what was added changes", async (context) => {
  const none = { kind: "no-api", serviceId: "2" } as const;
  const setting = settingOf(application("shop") as Application, "");
  const origin = { setting, context: {} as CompileContext, secrets: [], secretNames: ["t"] };
  const added2 = { entries: [], origin, host: "shop-2", hostTarget: none };
  const extend = (_: CompiledApplication, { spec }: Application) =>
    spec?.description === "s" ? [added2] : undefined;
  const { secrets, applications, compilations, snapshot } = await followShop(context, systemClock, extend);
  const before = compilations.length;
  applications.sends({ type: "modified", object: application("shop", "s") });
  await eventually(() => assert.deepEqual(snapshot.host("shop-2"), [none]));
  assert.equal(compilations.length, before);
  secrets.sends(added(resource("Secret", "t")));
  await eventually(() => assert.equal(compilations.length, before + 1));
});

test("follow - whoever asks finds an Application as calls see it, and hears when that is another", async (context) => {
  const { secrets, applications, refreshed, snapshot, started } = await followShop(context);
  const follower = await started;
  const held = follower.held("shop");
  assert.equal(held?.compiled, snapshot.application("shop"));
  assert.equal(held?.application.metadata.name, "shop");
  assert.equal(held?.findSecret("s")?.metadata.name, "s");
  assert.deepEqual([...follower.names()], ["shop"]);
  const before = refreshed.length;
  secrets.sends(deleted(resource("Secret", "s")));
  await eventually(() => assert.equal(refreshed.length, before + 1));
  assert.equal(follower.held("shop")?.findSecret("s"), undefined);
  applications.sends(deleted(application("shop", "s")));
  await eventually(() => assert.equal(refreshed.length, before + 2));
  assert.equal(follower.held("shop"), undefined);
  assert.deepEqual(new Set(refreshed), new Set(["shop"]));
});
