import { execFileSync } from "node:child_process";

/** Runs the `openssl` program; throws with its complaint when it fails. */
export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: "pipe", maxBuffer: 2 ** 26 });
}
