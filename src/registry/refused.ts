import { formatText } from "../core/failures.ts";
import { registryFailures, type RegistryFailureCode } from "./failures.ts";
import { maskedText } from "./masked-text.ts";

/** An expected refusal, as a value: its code and what the client is told. */
export interface Refused {
  readonly kind: "refused";
  readonly code: RegistryFailureCode;
  readonly text: string;
}

/** Values are inserted as they are: an escaped URL in them stays what it is (registry spec §10). */
export function refused(code: RegistryFailureCode, ...values: readonly (string | number)[]): Refused {
  return { kind: "refused", code, text: maskedText(formatText(registryFailures[code].text, values)) };
}

export function isRefused(value: object | undefined): value is Refused {
  return value !== undefined && "kind" in value && value.kind === "refused" && "code" in value;
}
