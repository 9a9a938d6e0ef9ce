import { isPlainObject } from "../core/plain-object.ts";
import type { Finding } from "./finding.ts";

/** How many findings there are of each severity. */
export type FindingCounts = Readonly<Record<Finding["severity"], number>>;

export function countFindings(findings: readonly Finding[]): FindingCounts {
  const count = (wanted: Finding["severity"]) =>
    findings.filter(({ severity }) => severity === wanted).length;
  return { error: count("error"), warning: count("warning"), info: count("info") };
}

/** None where the text says nothing, or nothing that can be read. */
export function readCounts(text: string | undefined): FindingCounts {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    value = undefined;
  }
  const read = (severity: string) => {
    const count = isPlainObject(value) ? value[severity] : undefined;
    return typeof count === "number" && Number.isSafeInteger(count) ? count : 0;
  };
  return { error: read("error"), warning: read("warning"), info: read("info") };
}
