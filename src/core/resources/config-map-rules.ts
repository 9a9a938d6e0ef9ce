import { invalidValues, tooLong } from "./causes.ts";
import type { ConfigMap } from "./config-map.ts";
import {
  canonicalBase64,
  DATA_LIMIT,
  dataKeyCauses,
  decodedBytes,
  immutabilityCauses,
  withoutEmptyMaps,
} from "./data-rules.ts";
import { keyPath } from "./field-path.ts";
import type { Cause } from "./kind.ts";

export function normaliseConfigMap(value: ConfigMap): ConfigMap {
  const binaryData = canonicalBase64(value.binaryData ?? {});
  return withoutEmptyMaps({ ...value, binaryData }, "data", "binaryData");
}

export function configMapCauses(value: ConfigMap, previous: ConfigMap | undefined): Cause[] {
  const { data = {}, binaryData = {} } = value;
  const causes = immutabilityCauses(value, previous, ["data", "binaryData"]);
  causes.push(...dataKeyCauses("data", data));
  for (const key of Object.keys(data)) {
    if (!Object.hasOwn(binaryData, key)) continue;
    causes.push(...invalidValues(keyPath("data", key), key, ["duplicate of key present in binaryData"]));
  }
  causes.push(...dataKeyCauses("binaryData", binaryData));
  let bytes = decodedBytes(binaryData);
  for (const text of Object.values(data)) bytes += Buffer.byteLength(text);
  // The API server names no field here, and prints the empty one as `[]`.
  return bytes > DATA_LIMIT ? [...causes, tooLong("[]", DATA_LIMIT)] : causes;
}
