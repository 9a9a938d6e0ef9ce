/** Characters of a key, so that every program can store it. */
const LONGEST_KEY = 1024;

// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

export type UploadDirectory =
  | { readonly kind: "directory"; readonly path: string }
  /** Why it is refused. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * The directory of an upload, cleaned as the original cleans it: without empty segments. Segments that lead
 * out of it are refused, as is what others may read as a separator.
 */
export function readDirectory(text: string): UploadDirectory {
  if (CONTROL.test(text) || !text.isWellFormed()) return refused("it has control characters");
  if (text.includes("\\")) return refused("it has a backslash");
  const segments = text.split("/").filter((segment) => segment !== "");
  if (segments.some((segment) => /^\.{1,2}$/.test(segment))) return refused("it has a dot segment");
  if (segments.length === 0) return refused("it is empty");
  const path = segments.join("/");
  return path.length > LONGEST_KEY ? refused("it is too long") : { kind: "directory", path };
}

/** Why a file cannot be stored under its name; undefined where it can. `fileName` has no directories. */
export function fileNameProblem(fileName: string): string | undefined {
  if (/^\.{1,2}$/.test(fileName)) return "the name is a dot segment";
  if (CONTROL.test(fileName) || !fileName.isWellFormed()) return "the name has control characters";
  return fileName.length > 255 ? "the name is too long" : undefined;
}

/** A key as it stands in a URL. */
export function escapeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

function refused(reason: string): UploadDirectory {
  return { kind: "refused", reason };
}
