import { X509Certificate } from "node:crypto";
import { rm } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { checkedPair, type CertificatePair } from "./certificate-pair.ts";
import { readFileIfThere, readPrivateFileIfThere, writePrivateFile } from "./private-file.ts";
import { CLOCK_SKEW, endOf, openServerAuthority } from "./server-authority.ts";

export interface ServerCertificateOptions {
  /** `DIR/pki`. */
  readonly directory: string;
  /** Host names and addresses beside localhost, 127.0.0.1 and ::1. What is neither is left out. */
  readonly names: readonly string[];
  readonly clock: Clock;
  /** Told why a renewal failed; the certificate in use holds for weeks and the next try is near. */
  readonly renewalFailed: (error: unknown) => void;
}

const DAY = 86_400_000;
const LIFETIME = 90 * DAY;
/** Renewed with a third of its life left, looked at this often. */
const RENEWED_BEFORE_END = LIFETIME / 3;
const CHECK_INTERVAL = DAY / 2;

/**
 * The certificate that our TLS servers present. It is kept in `server.crt` and `server.key` and renewed
 * before it ends, in a running process too; `onRenewed` then tells the listeners to take `current` again.
 */
export class ServerCertificate implements Disposable {
  /** PEM of the authority, for kubeconfigs and clients. */
  readonly authority: string;
  readonly #authority: CertificatePair;
  readonly #options: ServerCertificateOptions;
  readonly #listeners = new Set<() => void>();
  #current: CertificatePair;
  #timer: Disposable | undefined;
  #closed = false;

  private constructor(
    authority: CertificatePair,
    current: CertificatePair,
    options: ServerCertificateOptions,
  ) {
    this.authority = authority.certificate;
    this.#authority = authority;
    this.#current = current;
    this.#options = options;
    this.#schedule();
  }

  /** Reads what is kept, or makes it. A Failure of `pki/failures.ts` names a file that is wrong. */
  static async open(options: ServerCertificateOptions): Promise<ServerCertificate> {
    const authority = await openServerAuthority(options.directory, options.clock);
    const current = (await kept(authority, options)) ?? (await make(authority, options));
    return new ServerCertificate(authority, current, options);
  }

  /** Key and certificate for `tls` options. */
  get current(): { readonly cert: string; readonly key: string } {
    return { cert: this.#current.certificate, key: this.#current.key };
  }

  /** Calls `listener` after each renewal until the returned Disposable is disposed. */
  onRenewed(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  close(): void {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = this.#options.clock.after(CHECK_INTERVAL, () => void this.#renewIfDue());
  }

  async #renewIfDue(): Promise<void> {
    try {
      if (!isDue(this.#current.certificate, this.#options.clock)) return;
      this.#current = await make(this.#authority, this.#options);
      for (const listener of this.#listeners) listener();
    } catch (error) {
      this.#options.renewalFailed(error);
    } finally {
      this.#schedule();
    }
  }
}

function isDue(certificate: string, clock: Clock): boolean {
  return endOf(certificate) - clock.now() <= RENEWED_BEFORE_END;
}

function filesIn(directory: string) {
  return { certificate: join(directory, "server.crt"), key: join(directory, "server.key") };
}

/** The certificate of an earlier start, if it still serves: same authority, all names, enough life left. */
async function kept(
  authority: CertificatePair,
  options: ServerCertificateOptions,
): Promise<CertificatePair | undefined> {
  const files = filesIn(options.directory);
  const certificate = await readFileIfThere(files.certificate);
  const key = await readPrivateFileIfThere(files.key);
  if (certificate === undefined || key === undefined) return undefined;
  const pair = { certificate, key };
  const parsed = checkedPair(pair, files);
  const signed = parsed.verify(new X509Certificate(authority.certificate).publicKey);
  const covers = namesOf(options).every((name) => isNamed(parsed, name));
  return signed && covers && !isDue(certificate, options.clock) ? pair : undefined;
}

function isNamed(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

async function make(authority: CertificatePair, options: ServerCertificateOptions): Promise<CertificatePair> {
  const { issueServerCertificate } = await import("./issue.ts");
  const now = options.clock.now();
  const end = Math.min(now + LIFETIME, endOf(authority.certificate));
  const validity = { notBefore: new Date(now - CLOCK_SKEW), notAfter: new Date(end) };
  const pair = await issueServerCertificate(authority, namesOf(options), validity);
  const files = filesIn(options.directory);
  // A stop between the two leaves a pair that does not match; without the certificate both are made again.
  await rm(files.certificate, { force: true });
  await writePrivateFile(files.key, pair.key);
  await writePrivateFile(files.certificate, pair.certificate);
  return pair;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

function namesOf(options: ServerCertificateOptions): string[] {
  const names = ["localhost", "127.0.0.1", "::1", ...options.names.map((name) => name.toLowerCase())];
  return [...new Set(names.filter((name) => isIP(name) !== 0 || HOST_NAME.test(name)))];
}
