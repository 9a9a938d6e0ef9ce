import { createSecureContext } from "node:tls";
import type { Clock } from "../core/clock.ts";
import { Failure, reasonOf } from "../core/failures.ts";
import { type CertificateFiles, type CertificatePair, checkedPair } from "./certificate-pair.ts";
import { pkiFailures } from "./failures.ts";
import { FileFollower } from "./file-follower.ts";
import { readFileIfThere } from "./private-file.ts";
import type { ServerKeyPair } from "./server-key-pair.ts";

export interface FollowedServerFiles {
  /** The certificate may be followed by those above it. */
  readonly files: CertificateFiles;
  readonly clock: Clock;
  /** Told once for each new content that cannot be used; the pair before it stays in use. */
  readonly failed: (error: unknown) => void;
}

/** The pair of a TLS server that somebody else makes and renews: files, or a Secret. */
export class SuppliedServerCertificate implements ServerKeyPair, Disposable {
  readonly #listeners = new Set<() => void>();
  readonly #names: CertificateFiles;
  #pair: CertificatePair;
  #follower: FileFollower | undefined;

  /** `names` are what failures call the two: paths, or the keys of a Secret. Throws as `replace`. */
  constructor(pair: CertificatePair, names: CertificateFiles) {
    checkServerPair(pair, names);
    this.#pair = pair;
    this.#names = names;
  }

  /** Reads the files now, and again whenever they have changed. Rejects as `replace`, or with PKI_UNREADABLE. */
  static async follow({ files, clock, failed }: FollowedServerFiles): Promise<SuppliedServerCertificate> {
    let made: SuppliedServerCertificate | undefined;
    const changed = async () => made?.replace(await readPair(files));
    const paths = [files.certificate, files.key];
    using start = new DisposableStack();
    const follower = start.use(await FileFollower.start({ paths, clock, changed, failed }));
    made = new SuppliedServerCertificate(await readPair(files), files);
    made.#follower = follower;
    start.move();
    return made;
  }

  get current(): { readonly cert: string; readonly key: string } {
    return { cert: this.#pair.certificate, key: this.#pair.key };
  }

  /** PKI_UNREADABLE or PKI_MISMATCH for a pair that no server can use; then nothing changes. */
  replace(pair: CertificatePair): void {
    checkServerPair(pair, this.#names);
    const { certificate, key } = this.#pair;
    if (pair.certificate === certificate && pair.key === key) return;
    this.#pair = pair;
    for (const listener of this.#listeners) listener();
  }

  onRenewed(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  [Symbol.dispose](): void {
    this.#follower?.[Symbol.dispose]();
  }
}

/** RFC 5280 §4.2.1.12: serverAuth, anyExtendedKeyUsage. */
const FOR_SERVERS = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];

/**
 * As the server itself will read it: also what follows the certificate, and whether the key is strong enough.
 * A certificate for something else would be presented, and no client would take it.
 */
function checkServerPair(pair: CertificatePair, names: CertificateFiles): void {
  // Node calls the extended key usage so; undefined where there is none.
  const { keyUsage } = checkedPair(pair, names) as { keyUsage: readonly string[] | undefined };
  try {
    createSecureContext({ cert: pair.certificate, key: pair.key });
  } catch (error) {
    const values = [names.certificate, reasonOf(error)];
    throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, values, { cause: error });
  }
  if (!keyUsage || keyUsage.some((usage) => FOR_SERVERS.includes(usage))) return;
  const values = [names.certificate, "it is not meant for TLS servers (extended key usage)"];
  throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, values);
}

async function readPair(files: CertificateFiles): Promise<CertificatePair> {
  return { certificate: await content(files.certificate), key: await content(files.key) };
}

async function content(path: string): Promise<string> {
  const text = await readFileIfThere(path);
  if (text !== undefined) return text;
  throw new Failure("PKI_UNREADABLE", pkiFailures.PKI_UNREADABLE, [path, "there is no such file"]);
}
