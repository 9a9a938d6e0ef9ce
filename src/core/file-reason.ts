import { reasonOf } from "./failures.ts";

/** The errors that people cause and can mend; what is rarer stays in the words of the system. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EISDIR: "it is a directory, not a file",
  ENOTDIR: "it, or a part of its path, is a file and not a directory",
  EACCES: "this user has no permission",
  EPERM: "this user has no permission",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
};

/** Why a file could not be used, to stand behind its name: `there is no such file or directory (ENOENT)`. */
export function fileReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code];
  return reason ? `${reason} (${code})` : reasonOf(error);
}
