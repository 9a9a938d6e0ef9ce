import { labelValueProblems } from "./name-rules.ts";

/** A text as the value of a label, which has at most 63 characters; as it is wherever that is possible. */
export function labelValue(text: string): string {
  if (labelValueProblems(text).length === 0) return text;
  return text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 63)
    .replace(/[^A-Za-z0-9]+$/, "");
}
