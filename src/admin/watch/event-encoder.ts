import { apiVersionOf } from "../../core/resources/kind.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { ChangeText } from "../../stores/store.ts";
import { representObject, type View } from "../answer/represent.ts";
import type { Status } from "../status/status.ts";
import type { EncodedChanges } from "./encoded-changes.ts";

type EventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
type ObjectChange = Extract<ChangeText, { readonly text: string }>;

const TYPES = { added: "ADDED", modified: "MODIFIED", deleted: "DELETED" } as const;

export interface EncoderOptions {
  /** Of all watchers of a server. */
  readonly encoded: EncodedChanges;
  /** Milliseconds since the epoch, at each event: ages of later ones are not those of the first. */
  readonly now: () => number;
}

/** Changes of the store → the lines that one watcher is sent (admin-api spec §11). */
export class EventEncoder {
  readonly #view: View;
  readonly #encoded: EncodedChanges;
  readonly #now: () => number;
  readonly #form: string;
  #columnsSent = false;

  constructor(view: View, { encoded, now }: EncoderOptions) {
    this.#view = view;
    this.#encoded = encoded;
    this.#now = now;
    const { as, metaVersion } = view.representation;
    this.#form = `${as} ${metaVersion} ${view.include}`;
  }

  /** The objects of a list of changes; undefined where there is none. */
  objects(changes: readonly ChangeText[]): Buffer | undefined {
    const objects = changes.filter((change) => "text" in change);
    if (objects.length === 0) return undefined;
    // Columns are said once, with a watcher's first object; kubectl keeps them.
    if (this.#view.representation.as === "table" && !this.#columnsSent) {
      this.#columnsSent = true;
      const [first, ...rest] = objects as [ObjectChange, ...ObjectChange[]];
      return Buffer.from(this.#line(first, true) + rest.map((change) => this.#line(change, false)).join(""));
    }
    return this.#encoded.of(changes, this.#form, () =>
      objects.map((change) => this.#line(change, false)).join(""),
    );
  }

  bookmark(resourceVersion: string, initialEventsEnd: boolean): Buffer {
    const { kind } = this.#view;
    const annotations = initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata = { resourceVersion, ...annotations };
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
    return Buffer.from(lineOf("BOOKMARK", JSON.stringify(object)));
  }

  error(status: Status): Buffer {
    return Buffer.from(lineOf("ERROR", JSON.stringify(status)));
  }

  #line({ type, text }: ObjectChange, withColumns: boolean): string {
    return lineOf(TYPES[type], this.#represented(text, withColumns));
  }

  /** What is shown as it is stored is passed on without a look into it. */
  #represented(text: string, withColumns: boolean): string {
    const { representation } = this.#view;
    if (representation.as === "object") return text;
    const shown = representObject({ ...this.#view, now: this.#now() }, JSON.parse(text) as Resource);
    const isFirst = representation.as !== "table" || withColumns;
    return JSON.stringify(isFirst ? shown : { ...shown, columnDefinitions: null });
  }
}

function lineOf(type: EventType, object: string): string {
  return `{"type":"${type}","object":${object}}\n`;
}
