import type { Resource } from "../../core/resources/resource.ts";
import type { Change, Selector } from "../store.ts";
import type { ParsedObjects, StoredObject } from "./parsed-objects.ts";
import type { FeedEvent, KindKey } from "./protocol.ts";
import { PulledFeed } from "./pulled-feed.ts";
import type { WorkerLink } from "./worker-link.ts";

export interface FeedOptions {
  readonly kind: KindKey;
  readonly selector: Selector;
  readonly version: string | undefined;
  /** Whether `shown` shows them. */
  readonly managedFields: boolean;
  readonly shown: (stored: StoredObject) => Resource;
  readonly signal: AbortSignal | undefined;
}

/** The changes of one watch on a kind. */
export class ChangeFeed<T extends Resource> extends PulledFeed<FeedEvent, Change<T>> {
  constructor(link: WorkerLink, options: FeedOptions) {
    const { kind, selector, version, signal } = options;
    const watch = link.newWatch();
    super({
      open: () => link.call({ operation: "watch", watch, kind, selector, version }),
      pull: () => link.call({ operation: "pull", watch }),
      close: () => link.call({ operation: "unwatch", watch }),
      toValue: (event) => toChange<T>(link.objects, options, event),
      signal,
    });
  }
}

function toChange<T extends Resource>(
  objects: ParsedObjects,
  { kind, shown, managedFields }: FeedOptions,
  event: FeedEvent,
): Change<T> | undefined {
  if ("ref" in event) {
    const stored = objects.watchedSplice(kind, event.ref, event.version);
    return stored && { type: event.type, object: shown(stored) as T };
  }
  if (!("text" in event)) return event;
  const { type, text, listed } = event;
  // What is known lacks the managed fields, which the text has.
  const known = listed && !managedFields ? objects.known(kind, listed) : undefined;
  if (known) return { type, object: known as T };
  return { type, object: shown(type === "deleted" ? objects.removed(text) : objects.watched(text)) as T };
}
