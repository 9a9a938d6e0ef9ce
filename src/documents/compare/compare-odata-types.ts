import type { ChangeList } from "./change-list.ts";
import type { ODataModel, ODataProperty, ODataType } from "./odata-model.ts";

/** Compares the types of two OData services. Callers read and write them, so that each change counts both ways. */
export class ODataTypesComparison {
  readonly #before: ODataModel;
  readonly #after: ODataModel;
  readonly #changes: ChangeList;

  constructor([before, after]: readonly [ODataModel, ODataModel], changes: ChangeList) {
    this.#before = before;
    this.#after = after;
    this.#changes = changes;
  }

  compare(): void {
    for (const [name, type] of this.#before.types) {
      const next = this.#after.types.get(name);
      if (!next) this.#changes.breaking("type-removed", type.path, `The ${type.kind} ${name} is gone.`);
      else if (next.kind !== type.kind) {
        const message = `${name} was an ${type.kind} and is an ${next.kind}.`;
        this.#changes.breaking("type-changed", next.path, message);
      } else this.#compareType(name, type, next);
    }
    for (const [name, { kind, path }] of this.#after.types) {
      if (this.#before.types.has(name)) continue;
      this.#changes.compatible("type-added", path, `The ${kind} ${name} is new.`);
    }
  }

  #compareType(name: string, before: ODataType, after: ODataType): void {
    const { path } = after;
    if (before.underlying !== after.underlying) {
      const message = `${name} was of ${before.underlying} and is of ${after.underlying}.`;
      this.#changes.breaking("type-changed", path, message);
    }
    if (before.base !== undefined && !this.#isDerived(after, before.base)) {
      this.#changes.breaking("base-type-changed", path, `${name} is no ${before.base} any more.`);
    }
    const flags = [
      ["abstract-now", !before.isAbstract && after.isAbstract, "can no longer be created by itself"],
      ["properties-closed", before.isOpen && !after.isOpen, "takes no other properties any more"],
      ["stream-removed", before.hasStream && !after.hasStream, "has no media stream any more"],
    ] as const;
    for (const [kind, is, text] of flags) if (is) this.#changes.breaking(kind, path, `${name} ${text}.`);
    this.#compareKeys(name, before, after);
    this.#compareMembers(name, before, after);
    this.#compareProperties(name, before, after);
  }

  #isDerived(type: ODataType, base: string): boolean {
    return lineOf(this.#after, type).some((ancestor) => ancestor.base === base);
  }

  /** A key may have moved to a base type. */
  #compareKeys(name: string, before: ODataType, after: ODataType): void {
    const [from, to] = [keyOf(this.#before, before), keyOf(this.#after, after)];
    if (from.toSorted().join() === to.toSorted().join()) return;
    const message = `The key of ${name} was ${from.join(", ") || "none"} and is ${to.join(", ") || "none"}.`;
    this.#changes.breaking("key-changed", after.path, message);
  }

  /** Nobody knows what a value means that comes for the first time. */
  #compareMembers(name: string, before: ODataType, after: ODataType): void {
    const { path } = after;
    for (const [member, value] of before.members) {
      if (!after.members.has(member)) {
        this.#changes.breaking("enum-narrowed", path, `${name} can no longer be ${member}.`);
      } else if (after.members.get(member) !== value) {
        this.#changes.breaking("enum-changed", path, `The value of ${member} of ${name} is another one.`);
      }
    }
    const come = [...after.members.keys()].filter((member) => !before.members.has(member));
    if (come.length === 0) return;
    this.#changes.breaking("enum-widened", path, `${name} can now be ${come.slice(0, 10).join(", ")} too.`);
  }

  /** Properties may move to and from base types without anybody noticing. */
  #compareProperties(name: string, before: ODataType, after: ODataType): void {
    const [from, to] = [allProperties(this.#before, before), allProperties(this.#after, after)];
    for (const [property, old] of before.properties) {
      this.#changes.step();
      const next = to.get(property);
      const of = `The property ${property} of ${name}`;
      if (next) this.#compareProperty(of, old, next);
      else this.#changes.breaking("property-removed", old.path, `${of} is gone.`);
    }
    for (const [property, { isNullable, isFilled, path }] of after.properties) {
      if (from.has(property)) continue;
      const of = `The property ${property} of ${name}`;
      if (isNullable || isFilled) this.#changes.compatible("property-added", path, `${of} is new.`);
      else this.#changes.breaking("property-newly-required", path, `${of} is new and must be sent.`);
    }
  }

  #compareProperty(of: string, before: ODataProperty, after: ODataProperty): void {
    const { path } = after;
    if (before.type !== after.type) {
      const message = `${of} was ${before.type} and is ${after.type}.`;
      this.#changes.breaking("type-changed", path, message);
    }
    if (before.isNullable && !after.isNullable) {
      this.#changes.breaking("property-newly-required", path, `${of} must not be null any more.`);
    } else if (!before.isNullable && after.isNullable) {
      this.#changes.breaking("property-now-optional", path, `${of} may be null now.`);
    }
    for (const facet of new Set([...before.facets.keys(), ...after.facets.keys()])) {
      const [from, to] = [before.facets.get(facet) ?? Infinity, after.facets.get(facet) ?? Infinity];
      if (from === to) continue;
      const [old, now] = [from, to].map((value) => (value === Infinity ? "not set" : String(value)));
      const message = `The ${facet} of ${of} was ${old} and is ${now}.`;
      // Longer values are the usual way in which such a service grows.
      this.#changes.add(to < from ? "breaking" : "compatible", { kind: `${facet}-changed`, path, message });
    }
  }
}

/** The type and what it is derived from; one that is derived from itself ends. */
function lineOf({ types }: ODataModel, type: ODataType): readonly ODataType[] {
  const line = new Set<ODataType>();
  for (let next: ODataType | undefined = type; next && !line.has(next); next = types.get(next.base ?? ""))
    line.add(next);
  return [...line];
}

function allProperties(model: ODataModel, type: ODataType): ReadonlyMap<string, ODataProperty> {
  return new Map(lineOf(model, type).flatMap(({ properties }) => [...properties]));
}

function keyOf(model: ODataModel, type: ODataType): readonly string[] {
  return lineOf(model, type).flatMap(({ key }) => key);
}
