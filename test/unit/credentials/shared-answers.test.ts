import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { credentialFailure } from "../../../src/credentials/failures.ts";
import { SharedAnswers, type Asker } from "../../../src/credentials/shared-answers.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";

/** A process whose requests are answered when the test says so; its tokens have names. */
class TestAsker implements Asker {
  requests = 0;
  readonly #name: string;
  readonly #pending: ((outcome: Awaited<ReturnType<Asker["send"]>>) => void)[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  send(): ReturnType<Asker["send"]> {
    this.requests++;
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<Asker["send"]>>>();
    this.#pending.push(resolve);
    return promise;
  }

  answer(lifetime: number | undefined = 100_000): void {
    this.#pending.shift()?.({ lifetime, token: `${this.#name}${this.requests}` } as {
      lifetime: number | undefined;
    });
  }

  fail(): void {
    this.#pending.shift()?.(credentialFailure("CREDENTIALS_TOKEN_MISSING"));
  }

  leave(): void {
    this.#pending.shift()?.(undefined);
  }
}

function open() {
  const clock = new FakeClock();
  return {
    clock,
    answers: new SharedAnswers(clock),
    one: new TestAsker("one"),
    other: new TestAsker("other"),
  };
}

const any = { key: "k", known: undefined };

test("shared answers - two processes that ask together cause one request, and later ones none", async () => {
  const { clock, answers, one, other } = open();
  const asked = [answers.ask(any, one), answers.ask(any, other)];
  one.answer();
  const [first, second] = await Promise.all(asked);
  deepEqual(first, { outcome: { lifetime: 100_000, token: "one1" }, id: 1 });
  deepEqual(second, first);
  await clock.advance(40_000);
  const third = await answers.ask(any, other);
  deepEqual(third, { outcome: { lifetime: 60_000, token: "one1" }, id: 1 });
  equal(one.requests + other.requests, 1);
});

test("shared answers - who wants a newer one gets what another has renewed, or renews it", async () => {
  const { answers, one, other } = open();
  const first = answers.ask(any, one);
  one.answer();
  await first;
  const renewed = answers.ask({ key: "k", known: 1 }, one);
  one.answer();
  equal((await renewed).id, 2);
  equal((await answers.ask({ key: "k", known: 1 }, other)).id, 2);
  equal(one.requests + other.requests, 2);
});

test("shared answers - a request from before a refusal is not for those who ask after it", async () => {
  const { answers, one, other } = open();
  const first = answers.ask(any, one);
  one.answer();
  await first;
  const renewal = answers.ask({ key: "k", known: 1 }, one);
  answers.refused("k", 1);
  const after = answers.ask(any, other);
  one.answer();
  equal((await renewal).id, 2);
  other.answer();
  equal((await after).id, 3);
  answers.refused("k", 1);
  equal((await answers.ask(any, one)).id, 3, "an old refusal says nothing of what came since");
});

test("shared answers - a failure goes to all who wait, and what is known stays", async () => {
  const { answers, one, other } = open();
  const asked = [answers.ask(any, one), answers.ask(any, other)];
  one.fail();
  for (const { outcome, id } of await Promise.all(asked)) {
    equal("code" in outcome && outcome.code, "CREDENTIALS_TOKEN_MISSING");
    equal(id, undefined);
  }
  const again = answers.ask(any, other);
  other.answer();
  equal((await again).id, 1);
  const renewal = answers.ask({ key: "k", known: 1 }, one);
  one.fail();
  await renewal;
  equal((await answers.ask(any, one)).id, 1);
});

test("shared answers - where the process that sends a request ends, the next one that waits sends it", async () => {
  const { answers, one, other } = open();
  const left = answers.ask(any, one);
  const waiting = answers.ask(any, other);
  equal(other.requests, 0);
  one.leave();
  await Promise.resolve();
  await Promise.resolve();
  equal(other.requests, 1);
  other.answer();
  equal((await waiting).id, 1);
  equal((await left).id, 1);
});

test("shared answers - nothing is shared near its end, after it is forgotten, or when it has no life", async () => {
  const { clock, answers, one } = open();
  const ask = async (lifetime?: number) => {
    const asked = answers.ask(any, one);
    one.answer(lifetime);
    return (await asked).id;
  };
  equal(await ask(), 1);
  await clock.advance(96_000);
  equal(await ask(), 2);
  answers.forget("k");
  equal(await ask(0), 3);
  equal(await ask(), 4);
  await clock.advance(3_600_000);
  equal(answers.size, 0, "what has ended is not kept");
});

test("shared answers - of one credential the callers seen last are kept, and all end with it", async () => {
  const { answers, one } = open();
  const ask = async (caller: number) => {
    const asked = answers.ask({ key: `k caller${caller}`, known: undefined }, one);
    one.answer();
    return (await asked).id;
  };
  for (let caller = 0; caller <= 5000; caller++) await ask(caller);
  equal(answers.size, 5000);
  equal(await ask(5000), 5001, "kept");
  equal(await ask(0), 5002, "asked for again");
  answers.forget("k");
  equal(answers.size, 0);
});
