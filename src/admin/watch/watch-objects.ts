import type { ChangeText } from "../../stores/store.ts";
import { notAcceptable } from "../answer/accept.ts";
import { PacedResponse } from "../paced-response.ts";
import { selectorParameters } from "../query/selector-parameters.ts";
import { watchParameters, type WatchParameters } from "../query/watch-parameters.ts";
import { isSurprise, statusOf } from "../status/status-of.ts";
import { objectView, type Call } from "../verbs/call.ts";
import type { EncodedChanges } from "./encoded-changes.ts";
import { EventEncoder } from "./event-encoder.ts";

export interface WatchLimits {
  /** Aborted when the server stops: every watch ends as if its time were over. */
  readonly stopping: AbortSignal;
  /** From 0 to 1, for spreading the ends of watches that began together. */
  readonly random: () => number;
  /** Of all watches of a server. */
  readonly encoded: EncodedChanges;
  /** Told of an error that ended a watch and is no refusal. */
  readonly surprised: (error: unknown) => void;
}

/** A watch without timeoutSeconds stays open 30 to 60 minutes. */
const SHORTEST_WATCH = 1_800_000;
/** The last bookmark comes this long before the end. */
const LAST_BOOKMARK = 2_000;

const HEAD = {
  "Content-Type": "application/json",
  "Cache-Control": "no-cache, private",
  "X-Content-Type-Options": "nosniff",
};

/** GET of a collection with `watch=true` (admin-api spec §11). */
export async function watchObjects(call: Call, limits: WatchLimits): Promise<unknown> {
  const { kind, collection, reply, clock } = call;
  const view = objectView(call);
  if (view.representation.format !== "json") throw notAcceptable();
  const parameters = watchParameters(call.query);
  const selector = selectorParameters(kind, call.query, call.namespace);
  const after = parameters.start === "now" ? await counterOf(call) : startVersion(parameters);
  reply.hijack();
  const { stopping } = limits;
  const response = new PacedResponse(reply.raw, { clock, stopping, headers: HEAD });
  const encoder = new EventEncoder(view, { encoded: limits.encoded, now: () => clock.now() });
  const watch = new Watch(response, encoder, parameters);
  const timeout = parameters.timeout ?? SHORTEST_WATCH * (1 + limits.random());
  using _end = clock.after(timeout, () => response.end());
  using _last = clock.after(Math.max(0, timeout - LAST_BOOKMARK), () => watch.lastBookmark());
  try {
    const from = after === undefined ? {} : { resourceVersion: after };
    await watch.follow(collection.watchText(selector, { signal: response.ended, ...from }), after);
  } catch (error) {
    await watch.fail(error, limits.surprised);
  } finally {
    response.end();
  }
  return reply;
}

function startVersion({ start }: WatchParameters): string | undefined {
  return typeof start === "object" ? start.after : undefined;
}

/** By a list of nothing, for which nothing is read. */
async function counterOf({ collection }: Call): Promise<string> {
  const fields = [{ field: "metadata.name", operator: "=", value: "" } as const];
  return (await collection.list({ fields })).resourceVersion;
}

/** The events of one watch on their way out. */
class Watch {
  readonly #response: PacedResponse;
  readonly #encoder: EventEncoder;
  readonly #parameters: WatchParameters;
  /** What the reader has seen everything up to; undefined inside the initial list. */
  #version: string | undefined;
  #bookmarked: string | undefined;

  constructor(response: PacedResponse, encoder: EventEncoder, parameters: WatchParameters) {
    this.#response = response;
    this.#encoder = encoder;
    this.#parameters = parameters;
  }

  async follow(batches: AsyncIterable<readonly ChangeText[]>, after: string | undefined): Promise<void> {
    this.#version = after;
    for await (const changes of batches) {
      await this.#send(changes);
      if (this.#response.ended.aborted) return;
    }
  }

  /** Unless it would repeat the bookmark before it. */
  lastBookmark(): void {
    if (this.#version !== undefined && this.#version !== this.#bookmarked) {
      void this.#bookmark(this.#version, false);
    }
  }

  /** An error inside the stream, because its head has been sent: 410 makes clients list again. */
  async fail(error: unknown, surprised: (error: unknown) => void): Promise<void> {
    if (this.#response.ended.aborted) return;
    if (isSurprise(error)) surprised(error);
    await this.#write(this.#encoder.error(statusOf(error)));
  }

  async #send(changes: readonly ChangeText[]): Promise<void> {
    const objects = this.#encoder.objects(changes);
    if (objects) await this.#write(objects);
    const last = changes.at(-1);
    if (last === undefined) return;
    const isPlace = !("text" in last);
    // Inside the initial list there is no version up to which everything was seen.
    if (isPlace || this.#version !== undefined) this.#version = last.resourceVersion;
    if (isPlace) await this.#bookmark(last.resourceVersion, last.type === "synced");
  }

  async #bookmark(version: string, initialEventsEnd: boolean): Promise<void> {
    if (!this.#parameters.bookmarks) return;
    this.#bookmarked = version;
    await this.#write(this.#encoder.bookmark(version, initialEventsEnd));
  }

  /** What has not been read yet stays in the store, so a slow reader costs no memory, only its place. */
  async #write(lines: Uint8Array): Promise<void> {
    this.#response.write(lines);
    await this.#response.drained();
  }
}
