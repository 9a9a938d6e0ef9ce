import type { Resource } from "../../core/resources/resource.ts";
import type { Change } from "../../stores/store.ts";

/**
 * The changes of what may be shown. What was shown and may not be any more is deleted for the reader, in its last
 * state that he may see.
 */
export async function* limitedChanges(
  changes: AsyncIterable<Change<Resource>>,
  shows: (object: Resource) => boolean,
): AsyncGenerator<Change<Resource>> {
  const shown = new Map<string, Resource>();
  for await (const change of changes) {
    if (!("object" in change)) {
      yield change;
      continue;
    }
    const { type, object } = change;
    const { uid, resourceVersion } = object.metadata;
    const last = shown.get(uid);
    shown.delete(uid);
    if (shows(object)) {
      if (type !== "deleted") shown.set(uid, object);
      yield change;
    } else if (last) {
      yield { type: "deleted", object: { ...last, metadata: { ...last.metadata, resourceVersion } } };
    }
  }
}
