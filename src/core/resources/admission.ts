import { isPlainObject } from "../plain-object.ts";
import { decodeProblem } from "./decode-problem.ts";
import { fillDefaults } from "./fill-defaults.ts";
import type { Cause, Kind } from "./kind.ts";
import { entriesProblem } from "./managed-fields/entries-problem.ts";
import { metadataCauses } from "./metadata-causes.ts";
import { metadataSchema, objectSchema } from "./object-schema.ts";
import { pruneUnknown } from "./prune.ts";
import type { Resource } from "./resource.ts";
import { schemaCauses } from "./schema-causes.ts";
import { settle, UNFIT } from "./settle.ts";

export type Decoded<T extends Resource> =
  | { readonly kind: "decoded"; readonly value: T }
  /** Not even an object of this kind: answered 400, with the reason in the words of a JSON decoder. */
  | { readonly kind: "unreadable"; readonly problem: string };

/** How the object came to be: a body, a patched object, or what an apply makes of the stored one. */
export type Origin = "written" | "applied";

/**
 * The first half of admission: what a client sent → pruned, nulls settled, defaults filled in, metadata of
 * the right types (and all types of a core kind). What the server owns is not set yet, so `metadata.name` and
 * the rest may be missing in spite of the type.
 */
export function decode<T extends Resource>(
  kind: Kind<T>,
  sent: unknown,
  origin: Origin = "written",
): Decoded<T> {
  const settled = origin === "applied" && kind.custom ? UNFIT : settle(kind, sent);
  const decoded: Decoded<T> =
    settled === UNFIT ? decodeInSteps(kind, sent, origin) : { kind: "decoded", value: settled as T };
  const problem = decoded.kind === "decoded" ? entriesProblem(kind, sent) : undefined;
  return problem === undefined ? decoded : { kind: "unreadable", problem };
}

function decodeInSteps<T extends Resource>(kind: Kind<T>, sent: unknown, origin: Origin): Decoded<T> {
  const pruned = pruneUnknown(kind, sent).value;
  const nulls = origin === "applied" ? "applied" : "as-is";
  const filled = fillDefaults(objectSchema(kind), pruned, kind.custom ? nulls : "typed");
  if (isPlainObject(filled) && isPlainObject(pruned))
    filled["metadata"] = fillDefaults(metadataSchema, pruned["metadata"] ?? {}, "typed");
  const problem = decodeProblem(kind, filled);
  return problem === undefined ? { kind: "decoded", value: filled as T } : { kind: "unreadable", problem };
}

export interface Admitted<T extends Resource> {
  /** In its stored form, where nothing is wrong with it. */
  readonly value: T;
  /** Everything that is wrong with it, in one answer. */
  readonly causes: readonly Cause[];
}

/**
 * The second half, on a decoded object with its server-owned metadata. The kind's own steps run only where
 * the types are right, since they read the object as typed.
 */
export function admit<T extends Resource>(kind: Kind<T>, value: T, previous: T | undefined): Admitted<T> {
  const mistyped = settle(kind, value) === value ? [] : schemaCauses(objectSchema(kind), value);
  if (mistyped.length > 0) return { value, causes: [...metadataCauses(kind, value, previous), ...mistyped] };
  const normal = kind.normalise?.(value) ?? value;
  const causes = [...metadataCauses(kind, normal, previous), ...(kind.validate?.(normal, previous) ?? [])];
  return { value: normal, causes };
}
