import { apiVersionOf } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { Change } from "../../stores/store.ts";
import { representObject, type View } from "../answer/represent.ts";
import type { Status } from "../status/status.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: object;
}

const TYPES = { added: "ADDED", modified: "MODIFIED", deleted: "DELETED" } as const;

/** Changes of the store → the events that one watcher sees (admin-api spec §11). */
export class EventEncoder {
  readonly #view: View;
  /** Milliseconds since the epoch, at each event: ages of later ones are not those of the first. */
  readonly #now: () => number;
  #columnsSent = false;

  constructor(view: View, now: () => number) {
    this.#view = view;
    this.#now = now;
  }

  change({ type, object }: Extract<Change<Resource>, { object: unknown }>): WatchEvent {
    return { type: TYPES[type], object: this.#represent(object) };
  }

  bookmark(resourceVersion: string, initialEventsEnd: boolean): WatchEvent {
    const { kind } = this.#view;
    const annotations = initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata = { resourceVersion, ...annotations };
    return { type: "BOOKMARK", object: { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } };
  }

  error(status: Status): WatchEvent {
    return { type: "ERROR", object: status };
  }

  #represent(value: Resource): object {
    const shown = representObject({ ...this.#view, now: this.#now() }, value);
    if (this.#view.representation.as !== "table") return shown;
    // Columns are said once; kubectl keeps them.
    const object = this.#columnsSent ? { ...shown, columnDefinitions: null } : shown;
    this.#columnsSent = true;
    return object;
  }
}
