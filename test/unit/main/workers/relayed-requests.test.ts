import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { credentialFailure, isCredentialFailure } from "../../../../src/credentials/failures.ts";
import type { Shareable } from "../../../../src/credentials/request-sharing.ts";
import type { FromWorker, ToWorker } from "../../../../src/main/workers/messages.ts";
import { PrimaryLink } from "../../../../src/main/workers/primary-link.ts";
import { RelayedRequests } from "../../../../src/main/workers/relayed-requests.ts";
import { FakeClock } from "../../../doubles/fake-clock.ts";

const never = new AbortController().signal;

/** A worker's end of a channel, and what it has said. */
function openRequests(clock = new FakeClock()) {
  const said: FromWorker[] = [];
  const channel = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: FromWorker) => said.push(message),
  });
  const requests = new RelayedRequests(new PrimaryLink(channel as unknown as NodeJS.Process), clock);
  const hears = (message: ToWorker) => void channel.emit("message", message);
  const questions = () => said.filter((message) => message.type === "ask");
  const ask = (
    key: string,
    {
      isRenewal = false,
      signal = never,
      send = () => Promise.reject<Shareable>(new Error("not asked")),
    } = {},
  ) => requests.request({ key, isRenewal, signal, send });
  const answered = async (asked: Promise<unknown>, id: number) => {
    const question = questions().at(-1)?.question ?? 0;
    hears({ type: "answer", question, answer: { outcome: { lifetime: id }, id } });
    deepEqual(await asked, { lifetime: id });
  };
  return { requests, said, hears, questions, ask, answered };
}

test("relayed requests - a renewal says what is not wanted again, another question takes what there is", async () => {
  const { ask, answered, questions } = openRequests();
  await answered(ask("a", { isRenewal: true }), 7);
  await answered(ask("a"), 7);
  await answered(ask("a", { isRenewal: true }), 8);
  await answered(ask("b", { isRenewal: true }), 9);
  await answered(ask("a", { isRenewal: true }), 10);
  deepEqual(
    questions().map(({ key, known }) => [key, known]),
    [
      ["a", undefined],
      ["a", undefined],
      ["a", 7],
      ["b", undefined],
      ["a", 8],
    ],
  );
});

test("relayed requests - what was refused is named, unless it is forgotten", async () => {
  const { requests, said, ask, answered } = openRequests();
  requests.refused("a");
  await answered(ask("a"), 7);
  requests.refused("a");
  requests.forget("a");
  requests.refused("a");
  deepEqual(
    said.filter(({ type }) => type !== "ask"),
    [
      { type: "refused", key: "a", id: 7 },
      { type: "forget", credential: "a" },
    ],
  );
});

test("relayed requests - whoever is asked to send does, and says what came of it", async () => {
  const { said, hears, ask, answered, questions } = openRequests();
  const asked = ask("a", { send: () => Promise.resolve({ lifetime: 5 }) });
  const question = questions()[0]?.question ?? 0;
  hears({ type: "send", question });
  await answered(asked, 7);
  deepEqual(said.at(-1), { type: "sent", question, outcome: { lifetime: 5 } });
  // Its caller has gone meanwhile.
  hears({ type: "send", question });
  await turn();
  deepEqual(said.at(-1), { type: "sent", question, outcome: undefined });
});

test("relayed requests - a surprise is one for whoever sent, and for another one perhaps none", async () => {
  const { said, hears, ask, questions } = openRequests();
  const asked = ask("a");
  const question = questions()[0]?.question ?? 0;
  hears({ type: "send", question });
  await rejects(asked, /not asked/);
  deepEqual(said.at(-1), { type: "sent", question, outcome: undefined });
});

test("relayed requests - a failure is passed on, and one that sends and hangs is not waited for", async () => {
  const clock = new FakeClock();
  const { hears, ask, questions } = openRequests(clock);
  const refused = ask("a");
  const failure = credentialFailure("CREDENTIALS_TOKEN_WITHDRAWN");
  hears({
    type: "answer",
    question: questions()[0]?.question ?? 0,
    answer: { outcome: failure, id: undefined },
  });
  deepEqual(await refused, failure);
  const controller = new AbortController();
  const hanging = ask("a", { signal: controller.signal });
  controller.abort(new Error("its time is over"));
  await clock.advance(1000);
  const outcome = await hanging;
  ok(isCredentialFailure(outcome));
  equal(outcome.code, "CREDENTIALS_TOKEN_UNREACHABLE");
});
