import { shortText } from "../check/short-text.ts";
import type { Change, Comparison, Severity } from "./comparison.ts";

/** Changes that are listed; the rest of a wholly different document says nothing more. */
const MOST_CHANGES = 500;

/** Schemas that are looked at: references make a small document as large as one likes. */
const MOST_STEPS = 200_000;

/** A comparison that was given up. */
export class TooManySteps extends Error {
  override name = "TooManySteps";
}

/** Collects the changes of one comparison, and counts its work. */
export class ChangeList {
  readonly #changes = new Map<string, Change>();
  #steps = 0;
  #breaks = false;
  #compatible = 0;

  breaking(kind: string, path: string, message: string): void {
    this.add("breaking", { kind, path, message });
  }

  compatible(kind: string, path: string, message: string): void {
    this.add("compatible", { kind, path, message });
  }

  /** The same change of the same place counts once, however many ways lead to it. */
  add(severity: Severity, { kind, path, message }: Omit<Change, "severity">): void {
    const key = `${severity} ${kind} ${path}`;
    if (severity === "breaking") this.#breaks = true;
    if (this.#changes.has(key)) return;
    if (this.#changes.size >= MOST_CHANGES && !(severity === "breaking" && this.#dropCompatible())) return;
    if (severity === "compatible") this.#compatible++;
    const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
    const [shortPath, shortMessage] = [shortText(path, 500), shortText(sentence, 400)];
    this.#changes.set(key, { kind, severity, path: shortPath, message: shortMessage });
  }

  /** TooManySteps where the documents are too entangled. */
  step(): void {
    if (++this.#steps > MOST_STEPS) throw new TooManySteps("the documents are too entangled");
  }

  comparison(): Comparison {
    const changes = [...this.#changes.values()];
    const of = (severity: Severity) => changes.filter((change) => change.severity === severity);
    const verdict = this.#breaks ? "breaking" : changes.length > 0 ? "compatible" : "unchanged";
    return { verdict, changes: [...of("breaking"), ...of("compatible")], reason: undefined };
  }

  /** Makes room for what matters more. */
  #dropCompatible(): boolean {
    if (this.#compatible === 0) return false;
    this.#compatible--;
    for (const [key, { severity }] of this.#changes) {
      if (severity === "compatible") return this.#changes.delete(key);
    }
    return false;
  }
}
