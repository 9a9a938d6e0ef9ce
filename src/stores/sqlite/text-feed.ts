import { withManagedFields } from "../../core/resources/managed-fields/tracked-part.ts";
import type { ChangeText } from "../store.ts";
import type { FeedOptions } from "./change-feed.ts";
import type { FeedEvent, KindKey } from "./protocol.ts";
import { PulledFeed } from "./pulled-feed.ts";
import type { WorkerLink } from "./worker-link.ts";

export type TextFeedOptions = Pick<FeedOptions, "kind" | "selector" | "version" | "signal">;

/** The changes of one watch on a kind as text, in the lists in which they come from the store's thread. */
export class TextFeed extends PulledFeed<readonly FeedEvent[], readonly ChangeText[]> {
  constructor(link: WorkerLink, { kind, selector, version, signal }: TextFeedOptions) {
    const watch = link.newWatch();
    super({
      open: () => link.call({ operation: "watch", watch, kind, selector, version }),
      pull: async () => [await link.call({ operation: "pull", watch })],
      close: () => link.call({ operation: "unwatch", watch }),
      toValue: (events) => toTexts(link, kind, events),
      signal,
    });
  }
}

/** One list for one list, so that all who are given it can share what they make of it. */
function toTexts(link: WorkerLink, kind: KindKey, events: readonly FeedEvent[]): readonly ChangeText[] {
  if (!events.some((event) => "ref" in event)) return events as readonly ChangeText[];
  const known = link.textLists.get(events);
  if (known) return known;
  const texts = events.map((event) => toText(link, kind, event)).filter((change) => change !== undefined);
  link.textLists.set(events, texts);
  return texts;
}

/** undefined for a state that the object has left again: what comes next tells of that. */
function toText(link: WorkerLink, kind: KindKey, event: FeedEvent): ChangeText | undefined {
  if (!("ref" in event)) return event;
  const stored = link.objects.watchedSplice(kind, event.ref, event.version);
  const object = stored && withManagedFields(stored.object, stored.managedFields);
  return object && { type: event.type, text: JSON.stringify(object), resourceVersion: event.version };
}
