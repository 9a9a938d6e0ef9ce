import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../core/failures.ts";
import { pkiFailures } from "./failures.ts";
import { readFileIfThere, readPrivateFileIfThere, writePrivateFile } from "./private-file.ts";

/** What stands in the files; PEM. */
export interface KeptAuthority {
  readonly root: string;
  readonly issuer: string;
  readonly issuerKey: string;
}

/** The edge to the disk: each call is whole or not done at all, also across a power cut. */
export interface PrivateFiles {
  write(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
}

const DISK: PrivateFiles = {
  write: writePrivateFile,
  remove: (path) => rm(path, { force: true }),
};

const ROOT = "client-root.crt";
/** Nothing here reads it: it may be kept elsewhere, and signs another issuer by hand where one is needed. */
const ROOT_KEY = "client-root.key";
const ISSUER = "client-issuer.crt";
const ISSUER_KEY = "client-issuer.key";
const TRUST = "client-trust.pem";
/** What the other files are about to hold. Whoever finds it carries it out. */
const JOURNAL = "client-next.json";

/** Trust comes first, and a key before its certificate, so that a reader of half of it is not misled. */
const WRITTEN = [TRUST, ROOT_KEY, ROOT, ISSUER_KEY, ISSUER] as const;

export interface NextAuthority {
  readonly root: { readonly certificate: string; readonly key: string };
  readonly issuer: { readonly certificate: string; readonly key: string };
  readonly trust: readonly string[];
}

/**
 * The files of our own authority of client certificates. A change of several files is one step: it is
 * written down whole in a journal first, and an interrupted one is carried out by whoever comes next.
 */
export class ClientAuthorityFiles {
  readonly #directory: string;
  readonly #files: PrivateFiles;

  constructor(directory: string, files: PrivateFiles = DISK) {
    this.#directory = directory;
    this.#files = files;
  }

  /** Carries out what an interrupted `replace` left; true where there was something. Before any other method. */
  async settle(): Promise<boolean> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const journal = await readPrivateFileIfThere(this.#path(JOURNAL));
    if (journal === undefined) return false;
    await this.#carryOut(JSON.parse(journal) as Readonly<Record<string, string>>);
    return true;
  }

  /** undefined where there never was one; PKI_AUTHORITY_INCOMPLETE names a file that is lost. */
  async read(): Promise<KeptAuthority | undefined> {
    const root = await readFileIfThere(this.#path(ROOT));
    const issuer = await readFileIfThere(this.#path(ISSUER));
    const issuerKey = await readPrivateFileIfThere(this.#path(ISSUER_KEY));
    if (root === undefined && issuer === undefined && issuerKey === undefined) return undefined;
    const present = (content: string | undefined, name: string): string => {
      if (content !== undefined) return content;
      const values = [this.#path(name)];
      throw new Failure("PKI_AUTHORITY_INCOMPLETE", pkiFailures.PKI_AUTHORITY_INCOMPLETE, values);
    };
    return {
      root: present(root, ROOT),
      issuer: present(issuer, ISSUER),
      issuerKey: present(issuerKey, ISSUER_KEY),
    };
  }

  /** All or nothing. After a failure the next `settle` may still carry it out. */
  async replace({ root, issuer, trust }: NextAuthority): Promise<void> {
    const contents: Readonly<Record<(typeof WRITTEN)[number], string>> = {
      [TRUST]: trust.join(""),
      [ROOT_KEY]: root.key,
      [ROOT]: root.certificate,
      [ISSUER_KEY]: issuer.key,
      [ISSUER]: issuer.certificate,
    };
    await this.#files.write(this.#path(JOURNAL), JSON.stringify(contents));
    await this.#carryOut(contents);
  }

  /** PEM of all authorities trusted in an earlier run. */
  async readTrust(): Promise<string> {
    return (await readFileIfThere(this.#path(TRUST))) ?? "";
  }

  async writeTrust(trust: readonly string[]): Promise<void> {
    await this.#files.write(this.#path(TRUST), trust.join(""));
  }

  async #carryOut(contents: Readonly<Record<string, string>>): Promise<void> {
    for (const name of WRITTEN) {
      const content = contents[name];
      // eslint-disable-next-line no-await-in-loop -- the order is the point
      if (content !== undefined) await this.#files.write(this.#path(name), content);
    }
    await this.#files.remove(this.#path(JOURNAL));
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
