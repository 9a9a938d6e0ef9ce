import { isDeepStrictEqual } from "node:util";
import type { Step } from "./random-step.ts";
import type { Outcome } from "./server-side.ts";

/** In what a home answers other than a cluster on purpose, or because a cluster's answer has no sense. */
export interface MeantDifference {
  readonly why: string;
  readonly fits: (step: Step, theirs: Outcome, ours: Outcome) => boolean;
}

export const meantDifferences: readonly MeantDifference[] = [
  {
    why: "an operation of a JSON patch that cannot be done is named",
    fits: ({ verb }, theirs, ours) =>
      verb === "json" && theirs.status === 422 && ours.status === 422 && theirs.causes.length === 0,
  },
  {
    why: "what is not there cannot be copied (RFC 6902 §4.5)",
    fits: ({ verb }, _theirs, ours) => verb === "json" && ours.message.includes("(copy "),
  },
  {
    why: "an apply of what cannot be read as the kind is the caller's mistake, not the server's",
    fits: ({ verb }, theirs, ours) =>
      verb === "apply" && theirs.status === 500 && ours.status >= 400 && ours.status < 500,
  },
  {
    why: "an object that an apply empties stays, empty; a cluster makes it null, and may then refuse it or fill in its default",
    fits: ({ verb }, theirs, ours) =>
      verb === "apply" && (refusesNull(theirs, ours) || isSameButEmpty(theirs, ours)),
  },
  {
    why: "of several things that cannot be read one is named, and which comes first differs",
    fits: (_step, theirs, ours) => theirs.status === ours.status && [theirs, ours].every(isUnreadable),
  },
  {
    why: "a merge patch keeps the nulls of what is in its lists (RFC 7386)",
    fits: ({ verb }, theirs, ours) =>
      verb === "merge" &&
      theirs.status === ours.status &&
      !isDeepStrictEqual(theirs.object, ours.object) &&
      isDeepStrictEqual(withoutNulls(theirs.object), withoutNulls(ours.object)),
  },
  {
    why: "a value that was null is empty, and is no other value than an empty one",
    fits: (_step, theirs, ours) =>
      theirs.status === 422 &&
      theirs.causes.length > ours.causes.length &&
      besideImmutable(theirs).join() === besideImmutable(ours).join(),
  },
  {
    why: "an object that is to go goes with its last finalizer, whatever takes it away",
    fits: (_step, theirs, ours) =>
      ours.status === 200 && ours.object === undefined && theirs.object?.metadata["finalizers"] === null,
  },
  {
    why: "the mark of a deletion is not given up by a body that leaves it out",
    fits: (_step, theirs, ours) =>
      theirs.status === ours.status &&
      !isDeepStrictEqual(theirs.object, ours.object) &&
      isDeepStrictEqual(withoutMark(theirs.object), withoutMark(ours.object)),
  },
  {
    why: "all entries go by [{}] alone, and not by [], of which a cluster's decoder makes the same for core kinds",
    fits: ({ verb }, theirs, ours) => verb === "json" && entriesOf(theirs) === 0 && entriesOf(ours) > 0,
  },
  {
    why: "a write that changes nothing that can be read makes no version",
    fits: (_step, theirs, ours) =>
      theirs.isNewVersion &&
      !ours.isNewVersion &&
      isDeepStrictEqual({ ...theirs, isNewVersion: false }, ours),
  },
];

function entriesOf({ object }: Outcome): number {
  return ((object?.metadata["managedFields"] ?? []) as readonly unknown[]).length;
}

function besideImmutable({ causes }: Outcome): readonly string[] {
  return causes.filter((cause) => !/ (?:data|binaryData): Forbidden/.test(cause));
}

function refusesNull(theirs: Outcome, ours: Outcome): boolean {
  return theirs.causes.some(
    (cause) => cause.includes('Invalid value: "null"') && !ours.causes.includes(cause),
  );
}

function isUnreadable({ causes: [cause = ""] }: Outcome): boolean {
  return /^FieldValueInvalid patch: Invalid value: (?:json: cannot unmarshal|illegal base64)/.test(cause);
}

function isSameButEmpty(theirs: Outcome, ours: Outcome): boolean {
  if (theirs.status !== ours.status || isDeepStrictEqual(theirs.object, ours.object)) return false;
  return isAlike(theirs.object, ours.object);
}

/** Whether they are the same, but for what is empty here. */
function isAlike(there: unknown, here: unknown): boolean {
  if (typeof here !== "object" || here === null || Array.isArray(here)) return isDeepStrictEqual(there, here);
  if (Object.keys(here).length === 0) return typeof there === "object";
  if (typeof there !== "object" || there === null || Array.isArray(there)) return false;
  const keys = new Set([...Object.keys(there), ...Object.keys(here)]);
  return [...keys].every((key) => isAlike(Reflect.get(there, key), Reflect.get(here, key)));
}

function withoutMark(object: unknown): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, inner: unknown) => (key.startsWith("f:deletion") ? undefined : inner)) ??
      "0",
  );
}

function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => inner ?? undefined) ?? "0");
}
