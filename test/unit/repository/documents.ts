import { readFileSync } from "node:fs";
import { repositoryRoot } from "../../architecture/source-files.ts";
import { trackedFiles } from "./tracked-files.ts";

export interface Document {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
  /** The text without fenced and indented code. */
  readonly prose: string;
}

/** Every Markdown file of the repository. */
export function readDocuments(): readonly Document[] {
  return trackedFiles()
    .filter((path) => path.endsWith(".md"))
    .map((path) => {
      const text = readFileSync(`${repositoryRoot}/${path}`, "utf8");
      return { path, text, prose: withoutCode(text) };
    });
}

export function withoutCode(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/^ {4}.*$/gm, "");
}

/** Targets of links and images, inline (`[a](b)`) and by reference (`[a]: b`). */
export function linksOf(prose: string): readonly string[] {
  const plain = prose.replace(/`[^`\n]*`/g, "code");
  const inline = [...plain.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  const byReference = [...plain.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return [...inline, ...byReference].map(([, target = ""]) => target);
}

/** The names by which a document's places can be linked to: its headings as GitHub names them, and ids. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6}\s+(.+)$/gm)) {
    const base = slug(heading);
    let name = base;
    for (let copy = 1; anchors.has(name); copy++) name = `${base}-${copy}`;
    anchors.add(name);
  }
  for (const [, id = ""] of text.matchAll(/<a id="([^"]+)">/g)) anchors.add(id);
  return anchors;
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}
