import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { applicationKind, type Application } from "../../../src/core/resources/application.ts";
import { ApplicationConditions } from "../../../src/operator/application-conditions.ts";
import type { Collection, Store } from "../../../src/stores/store.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { application } from "../../doubles/applications.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const MISSING = { reason: "SecretNotFound", message: "secret 's' not found", isError: true };
const ENDING = { reason: "CertificateExpiring", message: "it ends soon", isError: false };

interface Scene {
  readonly clock: FakeClock;
  readonly applications: Collection<Application>;
  readonly conditions: ApplicationConditions;
  /** Every patch that was tried, in order. */
  readonly patches: unknown[];
  readonly warnings: string[];
  readonly current: () => Promise<Application>;
}

interface Changes {
  /** What happens before a patch reaches the store. */
  readonly before?: (applications: Collection<Application>) => Promise<unknown>;
  /** What the store makes of a patched object. */
  readonly stored?: (application: Application) => Application;
}

async function openScene(context: TestContext, { before, stored }: Changes = {}): Promise<Scene> {
  const directory = new TemporaryDirectory();
  const clock = new FakeClock();
  const store = await openSqliteStore({ directory: directory.path, clock });
  const applications = store.collection<Application>(applicationKind);
  const patches: unknown[] = [];
  const warnings: string[] = [];
  const watched: Collection<Application> = Object.assign(
    Object.create(applications) as Collection<Application>,
    {
      get: applications.get.bind(applications),
      patch: async (...words: Parameters<typeof applications.patch>) => {
        patches.push(words[1]);
        await before?.(applications);
        const result = await applications.patch(...words);
        return stored ? stored(result) : result;
      },
    },
  );
  const conditions = new ApplicationConditions({
    store: { collection: () => watched } as unknown as Store,
    clock,
    warn: (message) => void warnings.push(message),
  });
  context.after(async () => {
    await conditions.close();
    await store.close();
    directory[Symbol.dispose]();
  });
  await applications.create(application("shop", []));
  const current = async () => {
    const found = await applications.get({ name: "shop" });
    assert.ok(found);
    return found;
  };
  return { clock, applications, conditions, patches, warnings, current };
}

/** Waits until what was judged has been written. */
async function settled({ current }: Scene, status: string, reason: string): Promise<Application> {
  return eventually(async () => {
    const found = await current();
    const [condition] = found.status?.conditions ?? [];
    assert.deepEqual([condition?.status, condition?.reason], [status, reason]);
    return found;
  });
}

test("conditions - an Application with which nothing was ever wrong is not touched", async (context) => {
  const scene = await openScene(context);
  const { conditions, current, patches } = scene;
  conditions.judged(await current(), undefined);
  await conditions.close();
  assert.deepEqual(patches, []);
  assert.equal((await current()).metadata.generation, 1);
});

test("conditions - a finding is written once, its own change leads to no other, and it is True again when it is gone", async (context) => {
  const scene = await openScene(context);
  const { conditions, patches, clock } = scene;
  conditions.judged(await scene.current(), MISSING);
  const written = await settled(scene, "False", "SecretNotFound");
  assert.deepEqual(written.status?.conditions, [
    {
      type: "Valid",
      status: "False",
      reason: "SecretNotFound",
      message: "secret 's' not found",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ]);
  // As each look at it does from now on, also much later.
  conditions.judged(written, MISSING);
  await clock.advance(3_600_000);
  conditions.judged(written, MISSING);
  assert.equal(patches.length, 1);
  conditions.judged(written, undefined);
  const resolved = await settled(scene, "True", "NoFindings");
  assert.equal(resolved.status?.conditions?.[0]?.lastTransitionTime, "2026-01-01T01:00:00Z");
  conditions.judged(resolved, undefined);
  await conditions.close();
  assert.equal(patches.length, 2);
  assert.deepEqual(scene.warnings, []);
});

test("conditions - a warning leaves it True, and the time of the change stays", async (context) => {
  const scene = await openScene(context);
  scene.conditions.judged(await scene.current(), ENDING);
  const first = await settled(scene, "True", "CertificateExpiring");
  await scene.clock.advance(5000);
  scene.conditions.judged(first, { ...ENDING, message: "it ends very soon" });
  await eventually(async () =>
    assert.equal((await scene.current()).status?.conditions?.[0]?.message, "it ends very soon"),
  );
  const [condition] = (await scene.current()).status?.conditions ?? [];
  assert.equal(condition?.lastTransitionTime, "2026-01-01T00:00:00Z");
});

test("conditions - those of others stay, and so does what others write at the same time", async (context) => {
  let changed = false;
  const scene = await openScene(context, {
    before: async (applications) => {
      if (changed) return;
      changed = true;
      await applications.patch(
        { name: "shop" },
        { type: "merge", value: { spec: { description: "another" } } },
      );
    },
  });
  const { applications, conditions, patches } = scene;
  const own = {
    type: "Paired",
    status: "True",
    reason: "Connected",
    message: "",
    lastTransitionTime: "2025-01-01T00:00:00Z",
  };
  const status = { installationStatus: { status: "deployed" }, conditions: [own] };
  await applications.patch({ name: "shop" }, { type: "merge", value: { status } });
  conditions.judged(await scene.current(), MISSING);
  const written = await eventually(async () => {
    const found = await scene.current();
    assert.equal(found.status?.conditions?.length, 2);
    return found;
  });
  assert.deepEqual(written.status?.conditions?.[0], own);
  assert.equal(written.status?.installationStatus?.status, "deployed");
  assert.equal(written.spec?.description, "another");
  assert.equal(patches.length, 2);
});

test("conditions - an Application that was made again meanwhile gets nothing", async (context) => {
  let isAgain = false;
  const scene = await openScene(context, {
    before: async (applications) => {
      if (isAgain) return;
      isAgain = true;
      await applications.remove({ name: "shop" });
      await applications.create(application("shop", []));
    },
  });
  const { applications, conditions, patches, warnings } = scene;
  conditions.judged(await scene.current(), MISSING);
  // One after the other: when this one has been written, the first is settled.
  conditions.judged(await applications.create(application("later", [])), MISSING);
  await eventually(async () => assert.ok((await applications.get({ name: "later" }))?.status));
  assert.equal((await scene.current()).status?.conditions, undefined);
  assert.deepEqual([patches.length, warnings], [2, []]);
});

test("conditions - an Application that was deleted meanwhile is left alone", async (context) => {
  const scene = await openScene(context, {
    before: (applications) => applications.remove({ name: "shop" }),
  });
  scene.conditions.judged(await scene.current(), MISSING);
  await eventually(() => assert.equal(scene.patches.length, 1));
  await scene.conditions.close();
  assert.deepEqual([scene.patches.length, scene.warnings], [1, []]);
});

test("conditions - a home that drops them is not written to again: Events tell alone", async (context) => {
  const scene = await openScene(context, {
    stored: ({ status: _status, ...rest }) => rest,
  });
  const before = await scene.current();
  scene.conditions.judged(before, MISSING);
  await eventually(() => assert.equal(scene.patches.length, 1));
  await scene.clock.advance(3_600_000);
  scene.conditions.judged(before, MISSING);
  scene.conditions.judged(before, ENDING);
  await scene.conditions.close();
  assert.equal(scene.patches.length, 1);
});

test("conditions - one that somebody takes away comes back, and not sooner than in a minute", async (context) => {
  const scene = await openScene(context);
  const { conditions, patches, clock } = scene;
  conditions.judged(await scene.current(), MISSING);
  await settled(scene, "False", "SecretNotFound");
  await scene.applications.patch({ name: "shop" }, { type: "merge", value: { status: null } });
  const bare = await scene.current();
  conditions.judged(bare, MISSING);
  assert.equal(patches.length, 1);
  await clock.advance(60_000);
  conditions.judged(bare, MISSING);
  await settled(scene, "False", "SecretNotFound");
  assert.equal(patches.length, 2);
});

test("conditions - a write that fails is told of, and the next goes on", async (context) => {
  let fails = true;
  const scene = await openScene(context, {
    before: () => (fails ? Promise.reject(new Error("the disk is full")) : Promise.resolve()),
  });
  scene.conditions.judged(await scene.current(), MISSING);
  await eventually(() => assert.equal(scene.warnings.length, 1));
  fails = false;
  scene.conditions.judged(await scene.current(), MISSING);
  await settled(scene, "False", "SecretNotFound");
});
