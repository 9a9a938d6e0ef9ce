import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { plainText } from "../check/short-text.ts";
import type { ChangeList } from "./change-list.ts";
import type { Documents } from "./compare-schemas.ts";
import { members, resolved } from "./resolved.ts";

/** Adds the schemes of which callers have to send something else, or to another place, under the same name. */
export function compareSchemes({ before, after }: Documents, changes: ChangeList): void {
  const [from, to] = [schemesOf(before), schemesOf(after)];
  for (const [name, scheme] of from.schemes) {
    const next = to.schemes.get(name);
    if (next === undefined || next === scheme) continue;
    const message = `The credentials "${name}" were ${scheme} and are ${next}.`;
    changes.breaking("security-scheme-changed", `${to.path}${writePointer([name])}`, message);
  }
}

function schemesOf(root: PlainObject): { readonly path: string; readonly schemes: Map<string, string> } {
  const isSwagger = Object.hasOwn(root, "swagger");
  const components = ownValue(root, "components");
  const later = isPlainObject(components) ? ownValue(components, "securitySchemes") : undefined;
  const found = isSwagger ? ownValue(root, "securityDefinitions") : later;
  const path = isSwagger ? "/securityDefinitions" : "/components/securitySchemes";
  const schemes = members(found).map(([name, value]): [string, string] => [
    name,
    sentText(resolved(root, value).object),
  ]);
  return { path, schemes: new Map(schemes) };
}

/** What a caller sends, and where; addresses of identity providers are for whoever set them up. */
function sentText(scheme: PlainObject): string {
  const text = (member: string) => plainText(ownValue(scheme, member));
  const type = text("type");
  // Swagger 2.0 has it as a type of its own.
  if (type === "basic") return "HTTP basic";
  if (type === "http") return `HTTP ${text("scheme").toLowerCase()}`;
  return type === "apiKey" ? `the ${text("in")} parameter ${text("name")}` : type;
}
