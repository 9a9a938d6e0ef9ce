import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { applicationKind } from "../../../src/core/resources/application.ts";
import { eventKind, type Event } from "../../../src/core/resources/event.ts";
import { kinds } from "../../../src/core/resources/kinds.ts";
import { tokenRequestKind } from "../../../src/core/resources/token-request.ts";
import { EventWriter } from "../../../src/stores/event-writer.ts";
import { StoreFailure } from "../../../src/stores/store-failure.ts";
import type { Collection, Store } from "../../../src/stores/store.ts";
import { eventWritten, noticed, type EventWritten, type Notice } from "../../../src/telemetry/channels.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { openTestStore } from "../../doubles/sqlite-store.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const HOUR = 3_600_000;
const APPLICATION = { apiVersion: "applicationconnector.kyma-project.io/v1alpha1", kind: "Application" };

function about(name: string, rest: Partial<Notice> = {}): Notice {
  return {
    object: { ...APPLICATION, name },
    type: "Warning",
    reason: "AccessTokenRefused",
    message: `the token of ${name} has ended`,
    component: "admin",
    ...rest,
  };
}

suite("event writer", () => {
  const directory = new TemporaryDirectory();
  const clock = new FakeClock();
  let store: Store;
  let events: Collection<Event>;
  before(async () => {
    store = await openTestStore(directory.path, clock);
    events = store.collection(eventKind);
  });
  after(async () => {
    await store.close();
    directory[Symbol.dispose]();
  });

  const warnings: string[] = [];
  const open = (over: Pick<Store, "collection"> = store, limit?: number) =>
    new EventWriter({
      store: over,
      limit,
      kinds,
      clock,
      instance: "host-1",
      warn: (message) => void warnings.push(message),
    });

  /** Events about objects of that name, once there are as many. */
  async function written(name: string, count = 1, seen?: number): Promise<readonly Event[]> {
    return await eventually(async () => {
      await clock.advance(500);
      const fields = [{ field: "involvedObject.name", operator: "=", value: name }] as const;
      const { items } = await events.list({ fields });
      assert.equal(items.length, count);
      if (seen !== undefined) assert.equal(items[0]?.count, seen);
      return items;
    });
  }

  test("event writer - what is noticed is an Event of the object, as a cluster writes it", async () => {
    const { metadata } = await store.collection(applicationKind).create({ metadata: { name: "shop" } });
    await using _writer = open();
    const first = new Date(clock.now()).toISOString().replace(".000", "");
    noticed.publish(about("shop"));
    const [event] = await written("shop");
    assert.ok(event);
    const { metadata: own, ...rest } = event;
    assert.match(own.name, /^shop\.[0-9a-f]{16}$/);
    assert.equal(own.namespace, "default");
    assert.deepEqual(rest, {
      apiVersion: "v1",
      kind: "Event",
      involvedObject: { ...APPLICATION, name: "shop", uid: metadata.uid },
      reason: "AccessTokenRefused",
      message: "the token of shop has ended",
      type: "Warning",
      source: { component: "admin" },
      reportingComponent: "admin",
      reportingInstance: "host-1",
      firstTimestamp: first,
      lastTimestamp: first,
      eventTime: null,
      count: 1,
    });
  });

  test("event writer - an Event about a namespaced object lies in its namespace", async () => {
    const metadata = { name: "request", namespace: "kyma-system" };
    const { metadata: made } = await store.collection(tokenRequestKind).create({ metadata });
    await using _writer = open();
    noticed.publish(about("request", { object: { ...APPLICATION, kind: "TokenRequest", ...metadata } }));
    const [event] = await written("request");
    assert.equal(event?.metadata.namespace, "kyma-system");
    assert.deepEqual(event?.involvedObject, {
      ...APPLICATION,
      kind: "TokenRequest",
      ...metadata,
      uid: made.uid,
    });
  });

  test("event writer - a thousand notices a second are one row, written once a minute", async () => {
    const counted = counting(store);
    await using _writer = open(counted.store);
    const publish = () => {
      for (let index = 0; index < 1000; index++) noticed.publish(about("busy"));
    };
    publish();
    await written("busy", 1, 1000);
    for (let second = 1; second < 59; second++) {
      publish();
      // eslint-disable-next-line no-await-in-loop -- one second after the other
      await clock.advance(1000);
    }
    assert.equal(counted.writes, 1);
    await written("busy", 1, 59_000);
    assert.equal(counted.writes, 2);
  });

  test("event writer - what is seen again is counted, also after a restart", async () => {
    {
      await using _writer = open();
      for (let index = 0; index < 3; index++) noticed.publish(about("again"));
      const [event] = await written("again", 1, 3);
      await clock.advance(70_000);
      noticed.publish(about("again"));
      const [later] = await written("again", 1, 4);
      assert.equal(later?.metadata.name, event?.metadata.name);
      assert.equal(later?.firstTimestamp, event?.firstTimestamp);
      assert.ok(Date.parse(later?.lastTimestamp ?? "") >= Date.parse(event?.lastTimestamp ?? "") + 70_000);
    }
    await using _writer = open();
    noticed.publish(about("again"));
    await written("again", 1, 5);
  });

  test("event writer - what waits is written when the process ends", async () => {
    {
      await using _writer = open();
      noticed.publish(about("last"));
    }
    const fields = [{ field: "involvedObject.name", operator: "=", value: "last" }] as const;
    assert.equal((await events.list({ fields })).items.length, 1);
  });

  test("event writer - an object that was made anew has Events of its own", async () => {
    const applications = store.collection(applicationKind);
    const one = await applications.create({ metadata: { name: "anew" } });
    await using _writer = open();
    noticed.publish(about("anew"));
    await written("anew");
    await applications.remove({ name: "anew" });
    const two = await applications.create({ metadata: { name: "anew" } });
    await clock.advance(120_000);
    noticed.publish(about("anew"));
    const both = await written("anew", 2);
    assert.deepEqual(
      new Set(both.map(({ involvedObject }) => involvedObject?.uid)),
      new Set([one.metadata.uid, two.metadata.uid]),
    );
  });

  test("event writer - any name and any text make an Event that is kept", async () => {
    await using _writer = open();
    const names = ["UPPER_case", "-.-", "x".repeat(300), "ümläut..a-.b"];
    for (const name of names) noticed.publish(about(name, { message: "ü".repeat(2000) }));
    for (const name of names) {
      // eslint-disable-next-line no-await-in-loop
      const [event] = await written(name);
      assert.ok(Buffer.byteLength(event?.message ?? "") <= 1024);
      assert.match(event?.message ?? "", /^ü+…$/);
    }
  });

  test("event writer - an Event that was not seen for an hour is removed, whoever wrote it", async () => {
    const metadata = { namespace: "default", labels: { set: "old" } };
    const labels = [{ key: "set", operator: "exists", values: [] }] as const;
    const foreign = { involvedObject: { kind: "Foreign" }, lastTimestamp: "2099-01-01T00:00:00Z" };
    await events.create({ ...foreign, metadata: { ...metadata, name: "foreign" } });
    await using _writer = open();
    noticed.publish(about("hourly"));
    await written("hourly");
    await clock.advance(HOUR / 2);
    noticed.publish(about("hourly"));
    await written("hourly", 1, 2);
    await eventually(async () => {
      await clock.advance(60_000);
      assert.deepEqual((await events.list({ labels })).items, []);
    });
    assert.equal((await written("hourly", 1, 2)).length, 1, "it was seen since");
    await eventually(async () => {
      await clock.advance(300_000);
      assert.deepEqual((await events.list()).items, []);
    });
  });

  test("event writer - what became old while nothing ran is removed at the start", async () => {
    await events.create({ metadata: { name: "left", namespace: "default" } });
    await clock.advance(HOUR + 1000);
    await events.create({ metadata: { name: "fresh", namespace: "default" } });
    await using _writer = open();
    await eventually(async () => {
      const { items } = await events.list();
      assert.deepEqual(
        items.map(({ metadata }) => metadata.name),
        ["fresh"],
      );
    });
  });

  test("event writer - of one object so many matters are told and no more, and of others as before", async () => {
    await using _writer = open();
    using results = new Results();
    for (let index = 0; index < 1000; index++) noticed.publish(about("flood", { message: `${index}` }));
    noticed.publish(about("calm"));
    await written("flood", 25);
    await written("calm");
    assert.deepEqual(results.counts(), { written: 26, lost: 975 });
  });

  test("event writer - however many objects there are, what is held and written is bounded", async () => {
    const counted = counting(store);
    await using _writer = open(counted.store);
    using results = new Results();
    for (let index = 0; index < 5000; index++) noticed.publish(about(`many-${index}`));
    assert.deepEqual(results.counts(), { lost: 3000 });
    await clock.advance(500);
    await eventually(() => assert.equal(counted.writes, 100));
    // The store answers in order: a write more would have been made by then.
    for (let look = 0; look < 20; look++) await events.list(undefined, { limit: 1 });
    assert.equal(counted.writes, 100);
    const since = clock.monotonic();
    await eventually(async () => {
      await clock.advance(500);
      assert.ok(counted.writes > 130);
    });
    const seconds = (clock.monotonic() - since) / 1000;
    assert.ok(counted.writes <= 100 + 5 * seconds, `${counted.writes} in ${seconds} s`);
  });

  test("event writer - no more Events are kept than may be, and those that are there go on counting", async () => {
    using another = new TemporaryDirectory();
    const empty = await openTestStore(another.path, clock);
    const kept = empty.collection(eventKind);
    const writer = open(empty, 3);
    using results = new Results();
    for (let index = 0; index < 5; index++) noticed.publish(about(`kept-${index}`));
    await eventually(async () => {
      await clock.advance(500);
      assert.deepEqual(results.counts(), { written: 3, lost: 2 });
    });
    noticed.publish(about("kept-0"));
    await clock.advance(60_000);
    const counts = async () => (await kept.list()).items.map(({ count }) => count).toSorted();
    await eventually(async () => {
      await clock.advance(500);
      assert.deepEqual(await counts(), [1, 1, 2]);
    });
    await writer[Symbol.asyncDispose]();
    await empty.close();
  });

  test("event writer - a store that is full loses Events alone, and is let be for a while", async () => {
    let isFull = true;
    const counted = counting(store, () => {
      if (isFull) throw new StoreFailure("STORE_DISK_FULL");
    });
    warnings.length = 0;
    await using _writer = open(counted.store);
    using results = new Results();
    for (const name of ["full-1", "full-2"]) noticed.publish(about(name));
    await eventually(async () => {
      await clock.advance(500);
      assert.deepEqual(results.counts(), { failed: 1 });
    });
    await clock.advance(20_000);
    assert.equal(counted.writes, 1);
    assert.deepEqual(warnings, ["an Event cannot be written"]);
    isFull = false;
    await written("full-1");
    await written("full-2");
  });

  test("event writer - one that cannot lie anywhere is given up, and the next is written", async () => {
    await using _writer = open();
    using results = new Results();
    const nowhere = { ...APPLICATION, kind: "TokenRequest", name: "nowhere", namespace: "nowhere" };
    noticed.publish(about("nowhere", { object: nowhere }));
    noticed.publish(about("somewhere"));
    await written("somewhere");
    assert.deepEqual(results.counts(), { failed: 1, written: 1 });
  });

  test("event writer - who notices something waits for nothing, also where the store never answers", async () => {
    const never = Promise.withResolvers<never>();
    const stuck = counting(store, () => never.promise);
    const writer = open(stuck.store);
    noticed.publish(about("stuck"));
    await eventually(async () => {
      await clock.advance(500);
      assert.equal(stuck.writes, 1);
    });
    for (let index = 0; index < 100; index++) noticed.publish(about("stuck"));
    await clock.advance(600_000);
    assert.equal(stuck.writes, 1);
    never.reject(new StoreFailure("STORE_CLOSED"));
    await writer[Symbol.asyncDispose]();
  });
});

/** What became of notices. */
class Results implements Disposable {
  readonly #counts = new Map<string, number>();
  readonly #count = ({ result }: EventWritten) =>
    void this.#counts.set(result, (this.#counts.get(result) ?? 0) + 1);

  constructor() {
    eventWritten.subscribe(this.#count);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  [Symbol.dispose](): void {
    eventWritten.unsubscribe(this.#count);
  }
}

/** A store whose writes of Events are counted, and may fail before they are made. */
function counting(store: Store, meanwhile: () => unknown = () => undefined) {
  const counted = {
    writes: 0,
    store: {
      collection: (kind: Parameters<Store["collection"]>[0], options: object) => {
        const inner = store.collection(kind, options);
        const write = (method: "create" | "update") => async (value: never, how: never) => {
          counted.writes++;
          await meanwhile();
          return await inner[method](value, how);
        };
        return Object.assign(Object.create(inner) as object, {
          get: inner.get.bind(inner),
          list: inner.list.bind(inner),
          remove: inner.remove.bind(inner),
          create: write("create"),
          update: write("update"),
        });
      },
    } as unknown as Pick<Store, "collection">,
  };
  return counted;
}
