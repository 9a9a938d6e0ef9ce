import type { ParsedRequest } from "./parse-request.ts";
import type { AttributeDifference, RequestRefusal } from "./request-refusal.ts";
import type { SubjectFields } from "./subject-fields.ts";

export interface ExpectedSubject {
  readonly fields: SubjectFields;
  readonly commonName: string;
}

const ATTRIBUTES: readonly (readonly [type: string, field: keyof SubjectFields, words: string])[] = [
  ["C", "country", "country"],
  ["O", "organization", "organization"],
  ["OU", "organizationalUnit", "organizational unit"],
  ["L", "locality", "locality"],
  ["ST", "province", "province"],
];

/**
 * Rows 6 to 11 of connector spec §6: exactly one value of each attribute, and the right one. Attributes that
 * nobody asked for are passed over, because none of them gets into the certificate.
 */
export function compareSubject(
  request: ParsedRequest,
  expected: ExpectedSubject,
): RequestRefusal | undefined {
  const differences: AttributeDifference[] = [];
  const texts: string[] = [];
  const compare = (attribute: string, value: string, words: string): void => {
    const got = request.values(attribute);
    if (got.length === 1 && got[0] === value) return;
    differences.push({ attribute, expected: value, got: got.slice(0, 8).map(shortened) });
    // Clients know no text for an absent common name.
    const isAbsent = got.length === 0 && attribute !== "CN";
    texts.push(isAbsent ? `CSR: No ${words} provided.` : `CSR: Invalid ${words} provided.`);
  };
  compare("CN", expected.commonName, "common name");
  for (const [attribute, field, words] of ATTRIBUTES) compare(attribute, expected.fields[field], words);
  const [text] = texts;
  return text === undefined ? undefined : { kind: "refused", text, details: differences };
}

function shortened(value: string): string {
  return value.length > 128 ? `${value.slice(0, 128)}…` : value;
}
