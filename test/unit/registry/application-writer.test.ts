import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import {
  applicationKind,
  type Application,
  type ApplicationService,
} from "../../../src/core/resources/application.ts";
import { ApplicationWriter, servicesOf } from "../../../src/registry/application-writer.ts";
import { LatestApplications } from "../../../src/registry/latest-applications.ts";
import { isRefused, refused } from "../../../src/registry/refused.ts";
import { openSqliteStore } from "../../../src/stores/sqlite/open-sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

async function openWriter(context: TestContext, services: readonly ApplicationService[] = []) {
  const stack = new AsyncDisposableStack();
  context.after(() => stack.disposeAsync());
  const { path: directory } = stack.use(new TemporaryDirectory());
  const store = stack.use(await openSqliteStore({ directory, clock: systemClock }));
  const applications = store.collection<Application>(applicationKind);
  await applications.create({ metadata: { name: "shop" }, spec: { services: [...services] } });
  const latest = stack.use(new LatestApplications({ store, clock: systemClock, warn: () => {} }));
  await latest.synced;
  return { applications, latest, writer: new ApplicationWriter(store, latest) };
}

const service = (id: string): ApplicationService => ({
  id,
  name: id,
  displayName: id,
  providerDisplayName: "Acme",
  description: id.repeat(20),
  entries: [],
});

const adding = (id: string) => (application: Application) => [...servicesOf(application), service(id)];

test("application writer - what waits together is written in one go, in its order", async (context) => {
  const { latest, writer } = await openWriter(context);
  const written = await Promise.all(["a", "b", "c"].map((id) => writer.change("shop", adding(id))));
  const versions = new Set(
    written.map((one) => (one && !isRefused(one) ? one.metadata.resourceVersion : "")),
  );
  equal(versions.size, 1);
  const shop = latest.get("shop");
  ok(shop);
  deepEqual(
    servicesOf(shop).map(({ id }) => id),
    ["a", "b", "c"],
  );
});

test("application writer - a refused change does not keep the others, and one that changes nothing writes nothing", async (context) => {
  const { latest, writer } = await openWriter(context);
  const no = refused("REGISTRY_NAME_TAKEN", "b");
  const [first, second] = await Promise.all([
    writer.change("shop", adding("a")),
    writer.change("shop", () => no),
  ]);
  equal(second, no);
  ok(first && !isRefused(first));
  const same = await writer.change("shop", servicesOf);
  ok(same && !isRefused(same));
  equal(same.metadata.resourceVersion, latest.get("shop")?.metadata.resourceVersion);
});

test("application writer - a change that fails is the failure of its caller alone", async (context) => {
  const { latest, writer } = await openWriter(context);
  const broken = { ...service("b"), entries: "none" } as unknown as ApplicationService;
  const [first, second] = await Promise.allSettled([
    writer.change("shop", adding("a")),
    writer.change("shop", (application) => [...servicesOf(application), broken]),
  ]);
  equal(first.status, "fulfilled");
  equal(second.status, "rejected");
  const shop = latest.get("shop");
  ok(shop);
  deepEqual(
    servicesOf(shop).map(({ id }) => id),
    ["a"],
  );
});

test("application writer - an Application that is not there, or is deleted meanwhile, is undefined", async (context) => {
  const { applications, writer } = await openWriter(context);
  equal(await writer.change("nobody", adding("a")), undefined);
  await applications.remove({ name: "shop" });
  equal(await writer.change("shop", adding("a")), undefined);
});

test("application writer - a mutation that throws is told to its caller", async (context) => {
  const { writer } = await openWriter(context);
  await rejects(
    writer.change("shop", () => {
      throw new Error("own fault");
    }),
    /own fault/,
  );
  ok(await writer.change("shop", adding("a")));
});

test("application writer - what others write between is kept, and what was written is read at once", async (context) => {
  const { applications, latest, writer } = await openWriter(context);
  for (let index = 0; index < 25; index++) {
    await applications.patch(
      { name: "shop" },
      { type: "merge", value: { spec: { labels: { [`l${index}`]: "x" } } } },
    );
    await writer.change("shop", adding(`s${index}`));
    const shop = latest.get("shop");
    ok(shop);
    equal(servicesOf(shop).length, index + 1);
    equal(Object.keys(shop.spec?.labels ?? {}).length, index + 1);
  }
});

test("application writer - an Application of thousands of services takes one more", async (context) => {
  const { latest, writer } = await openWriter(
    context,
    Array.from({ length: 5000 }, (_, index) => ({
      ...service(`s${index}`),
      longDescription: "x".repeat(400),
    })),
  );
  ok(await writer.change("shop", adding("last")));
  const shop = latest.get("shop");
  ok(shop);
  equal(servicesOf(shop).length, 5001);
});
