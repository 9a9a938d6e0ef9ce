import type { CompiledEntry } from "./compile-service.ts";
import type { Resolution } from "./compiled.ts";

/** Which names lead to which entries of an Application. */
export class Resolutions {
  readonly #found = new Map<string, Resolution>();
  readonly #firsts = new Map<string, CompiledEntry>();

  get found(): Map<string, Resolution> {
    return this.#found;
  }

  /** One hit is the API itself; two or more are an ambiguity that lists them (gateway spec §6). */
  add(name: string, one: CompiledEntry): void {
    const first = this.#firsts.get(name);
    const before = this.#found.get(name);
    if (!first || !before) {
      this.#firsts.set(name, one);
      this.#found.set(name, one.api);
    } else {
      const others = before.kind === "ambiguous" ? before.hits : described(first);
      this.#found.set(name, { kind: "ambiguous", hits: `${others} | ${described(one)}` });
    }
  }
}

function described({ service, entry }: CompiledEntry): string {
  return `service.ID: '${service.id}', service.DisplayName: '${service.displayName}', entry.Name: '${entry.name ?? ""}'`;
}
