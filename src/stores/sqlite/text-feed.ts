import { withManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import type { ChangeText } from "../store.ts";
import type { FeedOptions } from "./change-feed.ts";
import type { FeedEvent } from "./protocol.ts";
import { PulledFeed } from "./pulled-feed.ts";
import type { WorkerLink } from "./worker-link.ts";

export type TextFeedOptions = Pick<FeedOptions, "kind" | "selector" | "version" | "signal">;

/** The changes of one watch on a kind as text, in the lists in which they come from the store's thread. */
export class TextFeed extends PulledFeed<readonly FeedEvent[], readonly ChangeText[]> {
  constructor(link: WorkerLink, { kind, selector, version, signal }: TextFeedOptions) {
    const watch = link.newWatch();
    const textOf = (event: FeedEvent): ChangeText | undefined => {
      if (!("ref" in event)) return event;
      const stored = link.objects.watchedSplice(kind, event.ref, event.version);
      const object = stored && withManagedFields(stored.object, stored.managedFields);
      return object && { type: event.type, text: JSON.stringify(object), resourceVersion: event.version };
    };
    super({
      open: () => link.call({ operation: "watch", watch, kind, selector, version }),
      pull: async () => [await link.call({ operation: "pull", watch })],
      close: () => link.call({ operation: "unwatch", watch }),
      toValue: (events) => {
        // The list itself, so that all who are given it can share what they make of it.
        if (!events.some((event) => "ref" in event)) return events as readonly ChangeText[];
        return events.map(textOf).filter((change) => change !== undefined);
      },
      signal,
    });
  }
}
