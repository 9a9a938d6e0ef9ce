import type { Kind } from "../../core/resources/kind.ts";
import type { FieldRequirement } from "../../stores/store.ts";
import { badRequest } from "../admin-failure.ts";

/**
 * A field selector (admin-api spec §10): `field=value`, `field==value`, `field!=value`, separated by commas;
 * `\` escapes `,`, `=` and `\` in values. Throws a 400 for what is none and for a field that the kind does
 * not offer.
 */
export function parseFieldSelector(
  kind: Pick<Kind, "scope" | "selectableFields">,
  text: string,
): FieldRequirement[] {
  return splitTerms(text)
    .filter((term) => term !== "")
    .map((term) => checked(kind, requirement(term)));
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function requirement(term: string): FieldRequirement {
  const match = /^([^=!\\]*)(==|!=|=)(.*)$/s.exec(term);
  if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = "", sign, value = ""] = match;
  return { field, operator: sign === "!=" ? "!=" : "=", value: unescaped(value, term) };
}

function unescaped(value: string, term: string): string {
  const text = value.replace(/\\([\\,=])/g, (_, character: string) => character);
  const rest = value.replace(/\\[\\,=]/g, "");
  if (/[\\=]/.test(rest)) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  return text;
}

function checked(kind: Pick<Kind, "scope" | "selectableFields">, parsed: FieldRequirement): FieldRequirement {
  const { field } = parsed;
  const known =
    field === "metadata.name" ||
    (field === "metadata.namespace" && kind.scope === "Namespaced") ||
    Object.hasOwn(kind.selectableFields ?? {}, field);
  if (!known) throw badRequest(`field label not supported: ${field}`);
  return parsed;
}
