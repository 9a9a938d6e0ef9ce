import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { readPointer, valueAt } from "./json-pointer.ts";
import { limits } from "./limits.ts";
import { shortText } from "./short-text.ts";
import { pointerOf, type Place } from "./walk-document.ts";

type Verdict = Pick<Finding, "severity" | "message">;

/**
 * Whether each `$ref` leads to something within the document. Others are never fetched: a stranger's document
 * must not make this process call addresses (registry spec §12).
 */
export class ReferenceCheck {
  readonly #root: unknown;
  readonly #references: [reference: string, place: Place][] = [];
  readonly #anchors = new Set<string>();
  readonly #verdicts = new Map<string, Verdict | undefined>();
  /** Since `$id` changes what a relative reference is relative to. */
  #rebased = false;

  constructor(root: unknown) {
    this.#root = root;
  }

  add(reference: string, place: Place): void {
    this.#references.push([reference, place]);
  }

  /** Of the keys `$id`, `$anchor` and `$dynamicAnchor` of JSON Schema. */
  addAnchor(key: string, name: string): void {
    if (key === "$id") this.#rebased = true;
    else this.#anchors.add(`#${name}`);
  }

  /** Whether nothing is to be said of it, wherever it stands and whatever the document declares elsewhere. */
  leadsSomewhere(reference: string): boolean {
    return this.#verdictOn(reference) === undefined;
  }

  findings(): readonly Finding[] {
    const findings: Finding[] = [];
    for (const [reference, place] of this.#references) {
      if (findings.length > limits.findings) break;
      const verdict = this.#verdictOn(reference);
      if (verdict) findings.push(found(verdict.severity, pointerOf(place), verdict.message));
    }
    return findings;
  }

  #verdictOn(reference: string): Verdict | undefined {
    if (!this.#verdicts.has(reference)) this.#verdicts.set(reference, this.#judge(reference));
    return this.#verdicts.get(reference);
  }

  #judge(reference: string): Verdict | undefined {
    const shown = shortText(reference, 200);
    if (!reference.startsWith("#")) {
      const message = `The reference "${shown}" leads out of the document and is not followed.`;
      return { severity: "warning", message };
    }
    if (this.#anchors.has(reference)) return undefined;
    const state = this.#follow(reference);
    if (state === "found") return undefined;
    const severity = this.#rebased ? "warning" : "error";
    if (state === "circle") return { severity, message: `The reference "${shown}" leads back to itself.` };
    return { severity, message: `The reference "${shown}" leads nowhere.` };
  }

  /** Along references to references: a circle of nothing else has no meaning, one through a schema has. */
  #follow(first: string): "found" | "missing" | "circle" {
    const met = new Set<string>();
    for (let reference = first; ;) {
      if (met.has(reference)) return "circle";
      met.add(reference);
      const target = localTarget(this.#root, reference);
      if (target === undefined) return "missing";
      const next = isPlainObject(target) ? ownValue(target, "$ref") : undefined;
      if (typeof next !== "string" || !next.startsWith("#") || this.#anchors.has(next)) return "found";
      // Each further hop of a long chain is judged where it stands.
      if (met.size > 50) return "found";
      reference = next;
    }
  }
}

/** What `#/components/…` stands for; undefined where it leads nowhere. */
export function localTarget(root: unknown, reference: string): unknown {
  try {
    const pointer = decodeURIComponent(reference.slice(1));
    if (pointer !== "" && !pointer.startsWith("/")) return undefined;
    return valueAt(root, readPointer(pointer));
  } catch {
    // A broken escape sequence.
    return undefined;
  }
}
