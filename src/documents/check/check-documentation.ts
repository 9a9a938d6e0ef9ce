import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { activeContent } from "./active-content.ts";
import { checkContent } from "./check-content.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { shortTextOf } from "./short-text.ts";
import { itemsOf, present, searchNames } from "./title-metadata.ts";

/**
 * The `documentation` object of a service (registry spec §3), or any other object in its place. The registry
 * has looked at it, so that what is odd is worth a warning at most.
 */
export function checkDocumentation(root: PlainObject): FormatCheck | { readonly unchecked: string } {
  const content = checkContent(root);
  if ("unchecked" in content) return content;
  const pages = itemsOf(root, "docs");
  const findings = [
    ...oddMembers(root, ["displayName", "description", "type"], ""),
    ...pages.flatMap((page, index) => checkPage(page, `/docs/${index}`)),
  ];
  return {
    format: "documentation",
    version: "",
    metadata: present({
      title: shortTextOf(ownValue(root, "displayName"), 200),
      description: shortTextOf(ownValue(root, "description"), 2_000),
      tags: searchNames(itemsOf(root, "tags")),
      pages: searchNames(pages.map((page) => isPlainObject(page) && ownValue(page, "title"))),
    }),
    findings: [...findings, ...content.findings],
  };
}

function checkPage(page: unknown, path: string): readonly Finding[] {
  if (!isPlainObject(page)) return [found("warning", path, "A document must be an object.")];
  const source = ownValue(page, "source");
  const active = typeof source === "string" ? activeContent(source) : undefined;
  const findings = oddMembers(page, ["title", "type", "source"], path);
  return active ? [...findings, found("warning", `${path}/source`, active)] : findings;
}

function oddMembers(object: PlainObject, names: readonly string[], path: string): readonly Finding[] {
  return names.flatMap((name) => {
    const value = ownValue(object, name);
    if (value === undefined || value === null || typeof value === "string") return [];
    return [found("warning", `${path}/${name}`, "It must be a text.")];
  });
}
