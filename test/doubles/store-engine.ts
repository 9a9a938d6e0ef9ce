import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind } from "../../src/core/resources/kind.ts";
import type { Resource } from "../../src/core/resources/resource.ts";
import { openDatabase, prepareDirectory } from "../../src/stores/sqlite/database.ts";
import { Engine } from "../../src/stores/sqlite/engine.ts";
import type { KindKey, WriteRequest } from "../../src/stores/sqlite/protocol.ts";
import type { Paging, Selector } from "../../src/stores/store.ts";
import { kinds } from "./store-kinds.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export const widgetKey: KindKey = { group: "contract.example", kind: "Widget" };
export const configMapKey: KindKey = { group: "", kind: "ConfigMap" };
export const namespaceKey: KindKey = { group: "", kind: "Namespace" };
export const applicationKey: KindKey = { group: "applicationconnector.kyma-project.io", kind: "Application" };

/** What of a write stays the same in a test. */
type Wanted = WriteRequest extends infer Request
  ? Request extends WriteRequest
    ? Omit<Request, "now" | "dryRun">
    : never
  : never;

/** The store's engine without its thread, in a directory of its own. */
export class StoreEngine implements Disposable {
  readonly #directory = new TemporaryDirectory();
  engine: Engine;
  /** A test that closes the engine itself says so. */
  isClosed = false;

  constructor() {
    prepareDirectory(this.#directory.path);
    const key = `${randomBytes(32).toString("base64")}\n`;
    writeFileSync(join(this.#directory.path, "store.key"), key, { mode: 0o600 });
    this.engine = this.#open(kinds);
  }

  /** As another version of the product would, that knows other kinds. */
  reopen(known: readonly Kind[]): void {
    this.engine.close();
    this.engine = this.#open(known);
  }

  #open(known: readonly Kind[]): Engine {
    const engine = new Engine(openDatabase(this.#directory.path), known);
    engine.createProtectedNamespaces(0);
    return engine;
  }

  /** Commits all in one transaction; each answer is an object or throws its failure. */
  writeAll(wanted: readonly Wanted[]): (() => Resource)[] {
    const requests = wanted.map((request) => ({ ...request, now: 0, dryRun: false }));
    return this.engine.commit(requests).map((outcome) => () => {
      if ("failure" in outcome) throw outcome.failure;
      const { result } = outcome;
      return JSON.parse(typeof result === "string" ? result : result.text) as Resource;
    });
  }

  write(wanted: Wanted): Resource {
    const [answer] = this.writeAll([wanted]);
    if (!answer) throw new Error("no answer");
    return answer();
  }

  create(kind: KindKey, value: object): Resource {
    return this.write({ operation: "create", kind, value: JSON.stringify(value) });
  }

  remove(
    kind: KindKey,
    ref: { name: string; namespace?: string },
    propagation: "Background" | "Orphan" = "Background",
  ): Resource {
    return this.write({ operation: "remove", kind, ref, precondition: {}, propagation });
  }

  patch(kind: KindKey, ref: { name: string; namespace?: string }, value: object): Resource {
    const patch = JSON.stringify(value);
    return this.write({ operation: "patch", kind, ref, patchType: "merge", patch, precondition: {} });
  }

  list(kind: KindKey, selector: Selector = {}, paging: Paging = {}): Resource[] {
    const { pieces } = this.engine.list(kind, selector, paging);
    return JSON.parse(`[${Buffer.concat(pieces).toString()}]`) as Resource[];
  }

  has(kind: KindKey, ref: { name: string; namespace?: string }): boolean {
    return this.engine.get(kind, ref) !== undefined;
  }

  [Symbol.dispose](): void {
    if (!this.isClosed) this.engine.close();
    this.#directory[Symbol.dispose]();
  }
}
