import { X509Certificate } from "node:crypto";
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure, reasonOf } from "../../core/failures.ts";
import { readFileIfThere, readPrivateFileIfThere, writePrivateFile } from "../../pki/private-file.ts";
import { CommandError } from "../command-error.ts";
import { parseConnection, formatConnection, type ConnectionRecord } from "./connection-record.ts";
import { realDisk } from "./disk.ts";
import type { ClientPair } from "./external-call.ts";
import { IDENTITY_FILES, type IdentityFiles } from "./identity-files.ts";
import { identityPlace, isTaken, replaceIdentity } from "./replace-identity.ts";
import type { ServerTrust } from "./server-trust.ts";

/** What an external system has after it was paired. */
export interface Identity {
  readonly pair: ClientPair;
  readonly leaf: X509Certificate;
  /** By whom its servers are known. */
  readonly trust: ServerTrust;
  readonly connection: ConnectionRecord;
  /** The directory that its files really are in: another identity may take its place meanwhile. */
  readonly place: string;
}

/** The directory of one identity (`--out`). Every problem is a CommandError that names it. */
export class IdentityDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes it, or checks that it is ours alone to write; before a token is spent on it. */
  async prepare(): Promise<void> {
    await this.#guard("made", async () => {
      await makeDirectory(this.path);
      const names = await readdir(this.path);
      const { mode, uid } = await stat(this.path);
      const isOurs = uid === process.getuid?.();
      // One with other files in it may be shared on purpose: the files of ours are private all the same.
      if (isOurs && names.every(isOurName)) await chmod(this.path, 0o700);
      else if (process.platform !== "win32" && (mode & 0o022) !== 0) {
        throw new CommandError(
          `other users can write to ${this.path} and could put in a key of theirs: run chmod 700 on it`,
        );
      }
      await writePrivateFile(join(this.path, ".writable"), "");
      await realDisk.remove(join(this.path, ".writable"));
    });
  }

  async isEmpty(): Promise<boolean> {
    return await this.#guard("read", async () => {
      const taken = await Promise.all(IDENTITY_FILES.map((name) => isTaken(this.path, name)));
      return !taken.includes(true);
    });
  }

  /** The identity in it; undefined when there is none. */
  async find(): Promise<Identity | undefined> {
    const files = await this.#guard("read", async () => {
      const place = await identityPlace(this.path);
      const read = (name: string) => readFileIfThere(join(place, name));
      const [key, certificate] = [
        await readPrivateFileIfThere(join(place, "client.key")),
        await read("client.crt"),
      ];
      const [authorities, connection] = [await read("server-ca.crt"), await read("connection.json")];
      return { place, key, certificate, authorities, connection };
    });
    const { place, key, certificate, authorities, connection } = files;
    if (key === undefined || certificate === undefined || connection === undefined) return undefined;
    const record = parseConnection(connection);
    const leaf = certificateOf(certificate);
    if (!record || !leaf) {
      const broken = record ? "client.crt" : "connection.json";
      throw new CommandError(
        `${join(this.path, broken)} is damaged: pair again with a new link and \`appconn connect --force\``,
      );
    }
    const trust = { kind: record.serverTrust, authorities: authorities ?? "" };
    return { pair: { key, certificate }, leaf, trust, connection: record, place };
  }

  /** The identity in it, to be used. */
  async read(): Promise<Identity> {
    const identity = await this.find();
    if (identity) return identity;
    throw new CommandError(
      `there is no identity in ${this.path}: make one with \`appconn connect '<link>' --out ${this.path}\``,
    );
  }

  /** All files at once; the identity before it is gone. */
  async replace(files: IdentityFiles): Promise<void> {
    await this.#guard("written", () => replaceIdentity(this.path, files, realDisk));
  }

  /** What was learnt since of an identity. Its pair stays. */
  async note({ place }: Identity, connection: ConnectionRecord, serverAuthority?: string): Promise<void> {
    await this.#guard("written", async () => {
      if (serverAuthority) await writePrivateFile(join(place, "server-ca.crt"), serverAuthority);
      await writePrivateFile(join(place, "connection.json"), formatConnection(connection));
    });
  }

  async #guard<Result>(done: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CommandError) throw error;
      const text =
        error instanceof Failure ? error.message : `${this.path} cannot be ${done}: ${reasonOf(error)}`;
      throw new CommandError(text, { cause: error });
    }
  }
}

function isOurName(name: string): boolean {
  return name.startsWith(".")
    ? /^\.(current|pairing|writable|identity-|link-)/.test(name)
    : isIdentityFile(name);
}

function isIdentityFile(name: string): boolean {
  return (IDENTITY_FILES as readonly string[]).includes(name);
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** With the directories above it. Node's own way goes on for ever where nothing can be made, as in /proc. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    const above = dirname(path);
    const isAboveThere = await stat(above).then(
      () => true,
      () => false,
    );
    if (code !== "ENOENT" || isAboveThere) throw error;
    await makeDirectory(above);
    await mkdir(path, { mode: 0o700 });
  }
}
