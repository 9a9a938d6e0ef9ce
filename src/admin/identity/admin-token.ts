import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import { readPrivateFileIfThere, writePrivateFile } from "../../pki/private-file.ts";
import { AdminFailure } from "../admin-failure.ts";

/** How old the knowledge of the file may be: a replaced token is refused, and its successor taken, in 1 s. */
const CHECK_INTERVAL = 1000;

const SHORTEST = 16;

/**
 * The bearer token of the admin API: 256 random bits in `admin-token`, made at the first start and kept.
 * Whoever replaces the file changes the token of the running server; an unreadable or removed file leaves
 * the last one in force.
 */
export class AdminToken {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #value: string;
  #digest: Buffer;
  #seen: string;
  #checked: number;

  private constructor(file: string, value: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.#value = value;
    this.#digest = digestOf(value);
    this.#seen = fingerprintOf(file);
    this.#checked = clock.monotonic();
  }

  /** Reads `DIRECTORY/admin-token` or makes it. PKI_FILE_EXPOSED or ADMIN_TOKEN_FILE where it is wrong. */
  static async open(directory: string, clock: Clock): Promise<AdminToken> {
    const file = join(directory, "admin-token");
    const kept = (await readPrivateFileIfThere(file))?.trim();
    const value = kept ?? randomBytes(32).toString("base64url");
    if (kept === undefined) await writePrivateFile(file, `${value}\n`);
    const problem = problemOf(value);
    if (problem !== undefined) throw new AdminFailure("ADMIN_TOKEN_FILE", [file, problem]);
    return new AdminToken(file, value, clock);
  }

  get value(): string {
    return this.#value;
  }

  /** Takes the same time whatever part of `presented` is right. */
  matches(presented: string): boolean {
    this.refresh();
    return timingSafeEqual(digestOf(presented), this.#digest);
  }

  /** Calls `listener` after the token was replaced, until the returned Disposable is disposed. */
  onReplaced(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Looks whether the file was replaced; not more often than once a second, however often it is called. */
  refresh(): void {
    const now = this.#clock.monotonic();
    if (now - this.#checked < CHECK_INTERVAL) return;
    this.#checked = now;
    const seen = fingerprintOf(this.#file);
    if (seen === this.#seen) return;
    const value = contentOf(this.#file);
    if (value === undefined || problemOf(value) !== undefined) return;
    this.#seen = seen;
    if (value === this.#value) return;
    this.#value = value;
    this.#digest = digestOf(value);
    for (const listener of this.#listeners) listener();
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function problemOf(value: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(value)) return "it has spaces or characters that a header cannot carry";
  return value.length < SHORTEST ? `it is shorter than ${SHORTEST} characters` : undefined;
}

/** Changes whenever the file is written or replaced; empty while there is none. */
function fingerprintOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(":");
  } catch {
    return "";
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    // Removed or unreadable: the token in force stays.
    return undefined;
  }
}
