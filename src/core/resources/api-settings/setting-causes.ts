import { invalidValues } from "../causes.ts";
import { keyPath } from "../field-path.ts";
import type { Cause } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { apiSettings } from "./api-settings.ts";
import { settingNameOf } from "./setting-name.ts";

/**
 * What is wrong with the settings that a writer gives. What stood there before is left alone: another writer of
 * the object, such as a registration, can do nothing about it.
 */
export function settingCauses(value: Resource, previous: Resource | undefined): Cause[] {
  const before = previous?.metadata.annotations ?? {};
  return Object.entries(value.metadata.annotations ?? {}).flatMap(([annotation, written]) => {
    const setting = settingNameOf(annotation)?.setting;
    if (setting === undefined || before[annotation] === written) return [];
    const { parse, expected } = apiSettings[setting];
    if (parse(written) !== undefined) return [];
    return invalidValues(keyPath("metadata.annotations", annotation), written, [`must be ${expected}`]);
  });
}
