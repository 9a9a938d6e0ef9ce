import { refused, type Refused } from "./refused.ts";
import type { RegistryContext } from "./registry-context.ts";
import type { DocumentReport, NewDocument } from "./service-documents.ts";

/** How many findings the text of a refusal names. */
const NAMED = 3;
/** Characters of one of them: a stranger's document may have names of any length. */
const LONGEST = 300;

/** Why the documents are no valid ones, with the first findings; undefined where they are. `step` is what fails. */
export function refuseInvalid(reports: readonly DocumentReport[], step: string): Refused | undefined {
  const errors = reports.flatMap(({ type, findings }) =>
    findings.filter(({ severity }) => severity === "error").map((finding) => ({ type, ...finding })),
  );
  if (errors.length === 0) return undefined;
  const named = errors.slice(0, NAMED).map(({ type, path, line, message }) => {
    const place = [type, path, line === undefined ? "" : `(line ${line})`].filter((part) => part !== "");
    return shortened(`${place.join(" ")}: ${message.replace(/\.$/, "")}`);
  });
  const others = errors.length > NAMED ? [`and ${errors.length - NAMED} more`] : [];
  return refused("REGISTRY_DOCUMENT_INVALID", step, [...named, ...others].join("; "));
}

/** The same for documents that nobody has checked yet; they are only where broken ones are refused. */
export async function refuseInvalidDocuments(
  { isStrict, documents: checks }: Pick<RegistryContext, "isStrict" | "documents">,
  documents: readonly NewDocument[],
  step: string,
): Promise<Refused | undefined> {
  return isStrict ? refuseInvalid(await checks.check(documents), step) : undefined;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).toWellFormed()}…`;
}
