import type { Cause } from "../../core/resources/kind.ts";
import { AdminFailure } from "../admin-failure.ts";

/** The options objects that query parameters stand for; failures name them as a Go client would see them. */
export type OptionsKind =
  "ListOptions" | "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions";

/** 422 for parameters that can be read but make no sense. */
export function invalidOptions(kind: OptionsKind, causes: readonly [Cause, ...Cause[]]): AdminFailure {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = texts.length === 1 ? (texts[0] as string) : `[${texts.join(", ")}]`;
  const details = { group: "meta.k8s.io", kind, causes };
  return new AdminFailure("ADMIN_INVALID", [`${kind}.meta.k8s.io`, "", text], details);
}
