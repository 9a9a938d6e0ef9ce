import type { Clock } from "../../core/clock.ts";
import { reasonOf } from "../../core/failures.ts";
import {
  credentialFailure,
  isCredentialFailure,
  type CredentialFailure,
} from "../../credentials/failures.ts";
import type { RequestSharing, Shareable, SharedRequest } from "../../credentials/request-sharing.ts";
import type { FetchOutcome, RelayedAnswer } from "./messages.ts";
import type { PrimaryLink } from "./primary-link.ts";

/** Names of values that are remembered; one that is forgotten costs a needless question. */
const MOST_REMEMBERED = 100_000;

/** Who sends a request whose time is over answers soon: so long it is waited for. Milliseconds. */
const GRACE = 1000;

interface Question {
  readonly send: () => Promise<FetchOutcome>;
  readonly answered: (answer: RelayedAnswer) => void;
  readonly failed: (error: unknown) => void;
}

/** Asks the primary process for tokens, and sends the requests that it asks this worker to send. */
export class RelayedRequests implements RequestSharing {
  readonly #link: PrimaryLink;
  readonly #clock: Clock;
  readonly #questions = new Map<number, Question>();
  /** What this worker had last, by key. */
  readonly #had = new Map<string, number>();
  #last = 0;

  constructor(link: PrimaryLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    link.on("answer", ({ question, answer }) => this.#questions.get(question)?.answered(answer));
    link.on("send", ({ question }) => void this.#send(question));
  }

  async request<Value extends Shareable>(shared: SharedRequest<Value>): Promise<Value | CredentialFailure> {
    const { key, isRenewal, signal, send } = shared;
    const question = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<RelayedAnswer>();
    const giveUp = () => this.#clock.after(GRACE, () => resolve(unanswered(signal)));
    this.#questions.set(question, { send: () => send(signal), answered: resolve, failed: reject });
    signal.addEventListener("abort", giveUp, { once: true });
    this.#link.send({ type: "ask", question, key, known: isRenewal ? this.#had.get(key) : undefined });
    try {
      const { outcome, id } = await promise;
      if (isCredentialFailure(outcome)) return outcome;
      this.#remember(key, id);
      // The primary process gives back what one of the workers has read, under the key of this very request.
      return outcome as Value;
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#questions.delete(question);
    }
  }

  refused(key: string): void {
    const id = this.#had.get(key);
    if (id !== undefined) this.#link.send({ type: "refused", key, id });
  }

  forget(credential: string): void {
    this.#had.delete(credential);
    this.#link.send({ type: "forget", credential });
  }

  #remember(key: string, id: number | undefined): void {
    this.#had.delete(key);
    if (id === undefined) return;
    const [oldest] = this.#had.size >= MOST_REMEMBERED ? this.#had.keys() : [];
    if (oldest !== undefined) this.#had.delete(oldest);
    this.#had.set(key, id);
  }

  async #send(question: number): Promise<void> {
    const asked = this.#questions.get(question);
    let outcome: FetchOutcome | undefined;
    try {
      outcome = await asked?.send();
    } catch (error) {
      // It is a surprise here, and perhaps none for another one that asks.
      asked?.failed(error);
    }
    this.#link.send({ type: "sent", question, outcome });
  }
}

/** Whoever was to send the request hangs. */
function unanswered({ reason }: AbortSignal): RelayedAnswer {
  const failure = credentialFailure("CREDENTIALS_TOKEN_UNREACHABLE", "the endpoint", reasonOf(reason));
  return { outcome: failure, id: undefined };
}
