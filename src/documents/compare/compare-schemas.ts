import { writePointer } from "../check/json-pointer.ts";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import type { ChangeList } from "./change-list.ts";
import { compareAlternatives } from "./compare-alternatives.ts";
import { constraintSeverity } from "./compare-constraints.ts";
import type { Severity } from "./comparison.ts";
import { difference } from "./difference.ts";
import { canonical } from "./resolved.ts";
import { SchemaReader, type Direction, type SchemaShape } from "./schema-shape.ts";

export interface Documents {
  readonly before: PlainObject;
  readonly after: PlainObject;
}

/** Where a schema stands: a pointer for tools, and words for people. */
export interface SchemaPlace {
  readonly path: string;
  /** Such as `the body of POST /orders`. */
  readonly of: string;
}

type Shapes = readonly [before: SchemaShape, after: SchemaShape];

/** Compares the schemas of two documents in one direction. A pair of references is compared once. */
export class SchemaComparison {
  readonly #readers: readonly [SchemaReader, SchemaReader];
  readonly #direction: Direction;
  readonly #changes: ChangeList;
  readonly #met = new Set<string>();

  constructor({ before, after }: Documents, direction: Direction, changes: ChangeList) {
    this.#readers = [
      new SchemaReader(before, direction, changes),
      new SchemaReader(after, direction, changes),
    ];
    this.#direction = direction;
    this.#changes = changes;
  }

  compare(before: unknown, after: unknown, place: SchemaPlace): void {
    const shapes: Shapes = [this.#readers[0].read(before), this.#readers[1].read(after)];
    const [{ identity: from }, { identity: to }] = shapes;
    if (from !== undefined && to !== undefined) {
      // Schemas that refer to themselves end here, too.
      const pair = `${from}\n${to}`;
      if (this.#met.has(pair)) return;
      this.#met.add(pair);
    }
    this.#compareTypes(shapes, place);
    this.#compareValues(shapes, place);
    this.#compareConstraints(shapes, place);
    this.#compareProperties(shapes, place);
    this.#compareRequired(shapes, place);
    this.#compareAdditional(shapes, place);
    this.#compareItems(shapes, place);
    compareAlternatives(shapes, {
      direction: this.#direction,
      changes: this.#changes,
      place,
      compare: (one, other, at) => this.compare(one, other, at),
    });
  }

  /** `narrowed`: fewer values than before; in a request that breaks callers, in an answer the opposite does. */
  #severity(narrowed: boolean, widened: boolean): Severity {
    return (this.#direction === "input" ? narrowed : widened) ? "breaking" : "compatible";
  }

  #compareTypes([before, after]: Shapes, { path, of }: SchemaPlace): void {
    const narrowed = !isWithin(before.types, after.types);
    const widened = !isWithin(after.types, before.types);
    if (!narrowed && !widened) return;
    const message = `The type of ${of} was ${typeText(before)} and is ${typeText(after)}.`;
    this.#changes.add(this.#severity(narrowed, widened), { kind: "type-changed", path, message });
  }

  #compareValues([before, after]: Shapes, { path, of }: SchemaPlace): void {
    const gone = before.values && after.values ? difference(before.values, after.values) : new Set<string>();
    const come = before.values && after.values ? difference(after.values, before.values) : new Set<string>();
    const narrowed = gone.size > 0 || (!before.values && after.values !== undefined);
    const widened = come.size > 0 || (before.values !== undefined && !after.values);
    if (narrowed) {
      const message =
        gone.size > 0 ? `${of} can no longer be ${listed(gone)}.` : `${of} is now one of a list.`;
      this.#changes.add(this.#severity(true, false), { kind: "enum-narrowed", path, message });
    }
    if (widened) {
      const message =
        come.size > 0 ? `${of} can now be ${listed(come)} too.` : `${of} is no longer one of a list.`;
      this.#changes.add(this.#severity(false, true), { kind: "enum-widened", path, message });
    }
  }

  #compareConstraints([before, after]: Shapes, { path, of }: SchemaPlace): void {
    for (const keyword of new Set([...before.constraints.keys(), ...after.constraints.keys()])) {
      const pair = [before.constraints.get(keyword), after.constraints.get(keyword)] as const;
      if (canonical(pair[0]) === canonical(pair[1])) continue;
      const message = `The ${keyword} of ${of} was ${valueText(pair[0])} and is ${valueText(pair[1])}.`;
      const severity = constraintSeverity(keyword, pair, this.#direction);
      this.#changes.add(severity, { kind: `${keyword}-changed`, path, message });
    }
  }

  #compareProperties([before, after]: Shapes, place: SchemaPlace): void {
    for (const [name, schema] of before.properties) {
      const next = after.properties.get(name);
      const at = within(place, "properties", name);
      if (next !== undefined) this.compare(schema, next, at);
      else {
        // Callers who still send it are heard, unless nothing may be sent that is not known.
        const severity = this.#severity(after.additional === false, true);
        this.#changes.add(severity, {
          kind: "property-removed",
          path: at.path,
          message: `${at.of} is gone.`,
        });
      }
    }
    for (const name of after.properties.keys()) {
      if (before.properties.has(name)) continue;
      const at = within(place, "properties", name);
      this.#changes.compatible("property-added", at.path, `${at.of} is new.`);
    }
  }

  #compareRequired([before, after]: Shapes, place: SchemaPlace): void {
    for (const name of difference(after.required, before.required)) {
      const { path, of } = within(place, "properties", name);
      const severity = this.#severity(true, false);
      this.#changes.add(severity, {
        kind: "property-newly-required",
        path,
        message: `${of} must be there now.`,
      });
    }
    for (const name of difference(before.required, after.required)) {
      // One that is gone was reported as that.
      if (!after.properties.has(name)) continue;
      const { path, of } = within(place, "properties", name);
      const severity = this.#severity(false, true);
      this.#changes.add(severity, {
        kind: "property-now-optional",
        path,
        message: `${of} may be missing now.`,
      });
    }
  }

  #compareItems([before, after]: Shapes, place: SchemaPlace): void {
    // Of one that was no list, and of one that is none any more, its type was reported.
    if (before.items === undefined && after.items === undefined) return;
    if (before.types?.has("array") && after.types?.has("array")) {
      this.compare(before.items, after.items, within(place, "items"));
    }
  }

  #compareAdditional([before, after]: Shapes, place: SchemaPlace): void {
    const at = within(place, "additionalProperties");
    const values = [before.additional, after.additional].filter((additional) => isPlainObject(additional));
    if (values.length > 0 && before.additional !== false && after.additional !== false) {
      if (before.types?.has("object") && after.types?.has("object"))
        this.compare(before.additional, after.additional, at);
    } else if (after.additional === false && before.additional !== false) {
      const message = `${place.of} takes no properties beyond the known ones any more.`;
      this.#changes.add(this.#severity(true, false), { kind: "properties-closed", path: at.path, message });
    } else if (before.additional === false && after.additional !== false) {
      const message = `${place.of} may have properties beyond the known ones.`;
      this.#changes.compatible("properties-opened", at.path, message);
    }
  }
}

function within(place: SchemaPlace, keyword: string, name?: string): SchemaPlace {
  const path = `${place.path}${writePointer(name === undefined ? [keyword] : [keyword, name])}`;
  if (name !== undefined) return { path, of: `"${name}" of ${place.of}` };
  return { path, of: `${keyword === "items" ? "each item" : "each other property"} of ${place.of}` };
}

/** Whether every value of the first is one of the second. */
function isWithin(types: ReadonlySet<string> | undefined, all: ReadonlySet<string> | undefined): boolean {
  if (!all) return true;
  if (!types) return false;
  return [...types].every((type) => all.has(type) || (type === "integer" && all.has("number")));
}

function typeText({ types }: SchemaShape): string {
  return types ? [...types].join(" or ") || "nothing" : "any";
}

function valueText(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}

function listed(values: ReadonlySet<string>): string {
  return [...values].slice(0, 10).join(", ");
}
