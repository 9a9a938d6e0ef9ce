import { extname } from "node:path/posix";

const TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".xml": "application/xml",
  ".md": "text/markdown; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** By the name alone, and never anything that a browser runs (registry spec §11.3). */
export function mediaType(fileName: string): string {
  const extension = extname(fileName).toLowerCase();
  return Object.hasOwn(TYPES, extension) ? (TYPES[extension] as string) : "application/octet-stream";
}
