import type { Resource } from "../../core/resources/resource.ts";
import type { Change, Selector } from "../store.ts";
import type { ParsedObjects } from "./parsed-objects.ts";
import type { FeedEvent, KindKey } from "./protocol.ts";
import { PulledFeed } from "./pulled-feed.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface FeedOptions {
  readonly kind: KindKey;
  readonly selector: Selector;
  readonly version: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The changes of one watch on a kind. */
export class ChangeFeed<T extends Resource> extends PulledFeed<FeedEvent, Change<T>> {
  constructor(link: WorkerLink, { kind, selector, version, signal }: FeedOptions) {
    const watch = link.newWatch();
    super({
      open: () => link.call({ operation: "watch", watch, kind, selector, version }),
      pull: () => link.call({ operation: "pull", watch }),
      close: () => link.call({ operation: "unwatch", watch }),
      toValue: (event) => toChange<T>(link.objects, kind, event),
      signal,
    });
  }
}

function toChange<T extends Resource>(
  objects: ParsedObjects,
  kind: KindKey,
  event: FeedEvent,
): Change<T> | undefined {
  if ("ref" in event) {
    const object = objects.watchedSplice(kind, event.ref, event.version);
    return object && { type: event.type, object: object as T };
  }
  if (!("text" in event)) return event;
  const { type, text, listed } = event;
  const known = listed && objects.known(kind, listed);
  return {
    type,
    object: (known ?? (type === "deleted" ? objects.removed(text) : objects.watched(text))) as T,
  };
}
