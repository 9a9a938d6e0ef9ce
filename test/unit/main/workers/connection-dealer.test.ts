import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { ConnectionDealer, type Taker } from "../../../../src/main/workers/connection-dealer.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

class TestConnection {
  readonly name: string;
  isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  destroy(): void {
    this.isClosed = true;
  }
}

/** Takes what it is handed when the test says so. */
class TestTaker implements Taker<TestConnection> {
  readonly got: string[] = [];
  #last = 0;

  take(connection: TestConnection, { id }: { readonly id: number }): void {
    this.got.push(connection.name);
    this.#last = id;
  }

  answer(dealer: ConnectionDealer<TestConnection>): void {
    dealer.taken(this, this.#last);
  }
}

/** Takes at once. */
class QuickTaker extends TestTaker {
  readonly #dealer: ConnectionDealer<TestConnection>;

  constructor(dealer: ConnectionDealer<TestConnection>) {
    super();
    this.#dealer = dealer;
  }

  override take(connection: TestConnection, on: { readonly id: number }): void {
    super.take(connection, on);
    queueMicrotask(() => this.answer(this.#dealer));
  }
}

function open() {
  const clock = new FakeClock();
  const dealer = new ConnectionDealer<TestConnection>(clock);
  const deal = (name: string) => {
    const connection = new TestConnection(name);
    dealer.deal("manual", connection);
    return connection;
  };
  return { clock, dealer, deal };
}

test("connection dealer - goes round among equals, and to whoever has fewest", async () => {
  const { dealer, deal } = open();
  const [one, other] = [new QuickTaker(dealer), new QuickTaker(dealer)];
  dealer.join(one);
  dealer.join(other);
  for (const name of ["a", "b", "c", "d"]) deal(name);
  await dealer.settled();
  deepEqual(
    [one.got, other.got],
    [
      ["a", "c"],
      ["b", "d"],
    ],
  );
  dealer.closed(other, 2);
  for (const name of ["e", "f"]) deal(name);
  await dealer.settled();
  deepEqual(other.got, ["b", "d", "e", "f"]);
  deepEqual([dealer.open(one), dealer.open(other)], [2, 2]);
});

test("connection dealer - keeps its copy until the taker has answered", async () => {
  const { dealer, deal } = open();
  const taker = new TestTaker();
  dealer.join(taker);
  const [first, second] = [deal("a"), deal("b")];
  deepEqual(taker.got, ["a"], "one at a time is on its way");
  ok(!first.isClosed);
  taker.answer(dealer);
  ok(first.isClosed && !second.isClosed);
  deepEqual(taker.got, ["a", "b"]);
  taker.answer(dealer);
  ok(second.isClosed);
  await dealer.settled();
});

test("connection dealer - what one that leaves had not taken goes to the others", () => {
  const { dealer, deal } = open();
  const [one, other] = [new TestTaker(), new TestTaker()];
  dealer.join(one);
  dealer.join(other);
  const connections = ["a", "b", "c", "d"].map(deal);
  dealer.leave(one);
  for (let answered = 0; answered < 4; answered++) other.answer(dealer);
  deepEqual(other.got, ["b", "d", "a", "c"]);
  ok(connections.every(({ isClosed }) => isClosed));
  equal(dealer.open(other), 4);
  dealer.taken(one, 1);
  dealer.closed(one, 1);
  equal(dealer.open(one), 0, "what it says late changes nothing");
});

test("connection dealer - while there is nobody, connections wait, up to a limit", () => {
  const { dealer, deal } = open();
  const waiting = deal("first");
  for (let number = 1; number < 10_000; number++) deal(`${number}`);
  const tooMany = deal("too many");
  ok(tooMany.isClosed);
  ok(!waiting.isClosed);
  const taker = new TestTaker();
  dealer.join(taker);
  deepEqual(taker.got, ["first"]);
});

test("connection dealer - one that does not answer gets nothing more, and loses what waits for it", async () => {
  const { clock, dealer, deal } = open();
  const [stuck, other] = [new TestTaker(), new QuickTaker(dealer)];
  dealer.join(stuck);
  dealer.join(other);
  for (const name of ["a", "b", "c", "d"]) deal(name);
  deepEqual(stuck.got, ["a"]);
  await clock.advance(300);
  deal("e");
  dealer.unstick();
  await clock.advance(1);
  deepEqual(stuck.got, ["a"]);
  deepEqual(other.got.toSorted(), ["b", "c", "d", "e"]);
  stuck.answer(dealer);
  deal("f");
  deepEqual(stuck.got, ["a", "f"]);
});

test("connection dealer - close closes what nobody has taken", () => {
  const { dealer, deal } = open();
  const unseated = deal("unseated");
  dealer.join(new TestTaker());
  const queued = deal("queued");
  dealer.close();
  ok(unseated.isClosed && queued.isClosed);
});
