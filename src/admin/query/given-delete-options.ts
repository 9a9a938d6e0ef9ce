import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import type { Precondition } from "../../stores/store.ts";
import { AdminFailure } from "../admin-failure.ts";

/** DeleteOptions with everything of the type that it must have; undefined: not said. */
export interface GivenDeleteOptions {
  readonly dryRun: readonly string[];
  readonly propagationPolicy: string | undefined;
  readonly orphanDependents: boolean | undefined;
  readonly precondition: Precondition;
}

/**
 * Reads what a body says. 400 for a value of another type: who asks for a dry run or a precondition and is not
 * understood must not have the object deleted all the same.
 */
export function givenDeleteOptions(body: PlainObject): GivenDeleteOptions {
  valueOf(body, "gracePeriodSeconds", isNumber);
  const preconditions = valueOf(body, "preconditions", isObject) ?? {};
  const uid = valueOf(preconditions, "uid", isText, "preconditions.");
  const resourceVersion = valueOf(preconditions, "resourceVersion", isText, "preconditions.");
  return {
    dryRun: valueOf(body, "dryRun", isTexts) ?? [],
    propagationPolicy: valueOf(body, "propagationPolicy", isText),
    orphanDependents: valueOf(body, "orphanDependents", isFlag),
    precondition: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}

interface Wanted<T> {
  readonly is: (value: unknown) => value is T;
  readonly words: string;
}

const isText: Wanted<string> = { is: (value) => typeof value === "string", words: "a string" };
const isFlag: Wanted<boolean> = { is: (value) => typeof value === "boolean", words: "true or false" };
const isNumber: Wanted<number> = { is: (value) => typeof value === "number", words: "a number" };
const isObject: Wanted<PlainObject> = { is: isPlainObject, words: "an object" };
const isTexts: Wanted<readonly string[]> = {
  is: (value): value is readonly string[] => Array.isArray(value) && value.every((item) => isText.is(item)),
  words: "a list of strings",
};

function valueOf<T>(from: PlainObject, field: string, wanted: Wanted<T>, place = ""): T | undefined {
  const value = from[field];
  if (value === undefined || value === null) return undefined;
  if (wanted.is(value)) return value;
  throw new AdminFailure("ADMIN_UNRECOGNIZED", ["DeleteOptions", `${place}${field} must be ${wanted.words}`]);
}
