import type { Kind } from "../../core/resources/kind.ts";

/** `/api/v1`, `/apis/applicationconnector.kyma-project.io/v1alpha1`. */
export function rootOf({ group, version }: Pick<Kind, "group" | "version">): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}
