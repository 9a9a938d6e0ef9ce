import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import type { Envelope, Reply } from "../../../src/stores/sqlite/protocol.ts";
import { RequestLoop } from "../../../src/stores/sqlite/request-loop.ts";
import { eventually } from "../../doubles/eventually.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { StoreEngine, widgetKey } from "../../doubles/store-engine.ts";

/** The loop of the store's thread, asked and answered without the thread. */
class Loop implements Disposable {
  readonly clock = new FakeClock();
  readonly replies: Reply[] = [];
  readonly #store = new StoreEngine();
  readonly #loop: RequestLoop;
  #last = 0;

  constructor() {
    this.#loop = new RequestLoop(this.#store.engine, "store.db", {
      clock: this.clock,
      send: (replies) => this.replies.push(...replies),
      closed: () => {
        this.#store.isClosed = true;
      },
    });
  }

  ask(request: Envelope["request"]): number {
    const id = ++this.#last;
    this.#loop.accept({ id, request });
    return id;
  }

  create(name: string): number {
    const value = JSON.stringify({ metadata: { name, namespace: "default" }, spec: { size: "1" } });
    return this.ask({ operation: "create", kind: widgetKey, value, dryRun: false, now: 0 });
  }

  get(name: string): number {
    return this.ask({ operation: "get", kind: widgetKey, ref: { name, namespace: "default" } });
  }

  get answered(): number[] {
    return this.replies.map(({ id }) => id);
  }

  /** What `id` is answered. */
  async answer(id: number): Promise<Reply> {
    return await eventually(() => {
      const reply = this.replies.find((one) => one.id === id);
      if (!reply) throw new Error(`no answer to ${id} yet`);
      return reply;
    });
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }
}

test("request loop - who writes one thing after the other waits for no others", async () => {
  using loop = new Loop();
  for (const name of ["a", "b", "c"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    equal("result" in (await loop.answer(loop.create(name))), true);
  }
});

test("request loop - after a common commit the next writes wait for others, reads do not", async () => {
  using loop = new Loop();
  loop.create("a");
  await loop.answer(loop.create("b"));
  const [third, read] = [loop.create("c"), loop.get("c")];
  deepEqual(await loop.answer(read), { id: read, result: undefined });
  const [fourth, last] = [loop.create("d"), loop.get("a")];
  await loop.answer(last);
  deepEqual(loop.answered, [1, 2, read, last]);
  await loop.clock.advance(4);
  await loop.answer(fourth);
  deepEqual(loop.answered, [1, 2, read, last, third, fourth]);
});

test("request loop - writes that wait are done before the store closes", async () => {
  using loop = new Loop();
  loop.create("a");
  await loop.answer(loop.create("b"));
  const [waiting, close] = [loop.create("c"), loop.ask({ operation: "close" })];
  await loop.answer(close);
  deepEqual(loop.answered, [1, 2, waiting, close]);
  equal("result" in (await loop.answer(waiting)), true);
});
