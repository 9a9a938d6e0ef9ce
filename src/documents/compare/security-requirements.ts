import { plainText } from "../check/short-text.ts";
import { listOf, members } from "./resolved.ts";

/** Schemes, all of which must be met, each with its scopes. */
export type Requirement = ReadonlyMap<string, ReadonlySet<string>>;

export function readRequirement(value: unknown): Requirement {
  return new Map(members(value).map(([scheme, scopes]) => [scheme, new Set(listOf(scopes).map(plainText))]));
}

/** Whether one of the requirements asks for nothing beyond what a caller has who meets `held`. */
export function isStillEnough(held: Requirement, requirements: readonly Requirement[]): boolean {
  return requirements.some((requirement) =>
    [...requirement].every(([scheme, scopes]) => {
      const had = held.get(scheme);
      return had !== undefined && [...scopes].every((scope) => had.has(scope));
    }),
  );
}
