import { X509Certificate } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import type { ClientCertificateOrder, IssuedClientCertificate } from "./client-certificate-order.ts";
import { ClientAuthorityFiles, type PrivateFiles } from "./client-authority-files.ts";
import type { ClientSigner } from "./client-signer.ts";
import { pkiFailures } from "./failures.ts";
import type { AuthorityKeyAlgorithm } from "./issue-client-authority.ts";
import type { RevokedCertificate } from "./revocation-list.ts";
import { CLOCK_SKEW } from "./server-authority.ts";
import { type AuthorityMaterial, checkAuthority, type SuppliedAuthority } from "./supplied-authority.ts";
import { certificateHash, certificatesIn, withoutAuthority } from "./trust-bundle.ts";

export interface ClientAuthorityOptions {
  /** `DIR/pki`. */
  readonly directory: string;
  readonly clock: Clock;
  /** Of an authority that is made here; `ec` where absent. One that exists keeps its own until `rotate`. */
  readonly keyAlgorithm?: AuthorityKeyAlgorithm | undefined;
  /** Used in place of one of our own. */
  readonly supplied?: SuppliedAuthority | undefined;
  /** The disk where absent. */
  readonly files?: PrivateFiles | undefined;
}

/** A certificate that clients are trusted by, or that signs theirs. Times in milliseconds since the epoch. */
export interface AuthorityCertificate {
  /** PEM. */
  readonly certificate: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly hash: string;
  /** For people. */
  readonly name: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface SignedClientCertificate extends IssuedClientCertificate {
  /** Hash of the certificate that signed it. */
  readonly issuer: string;
  /** PEM of the issuer, then of what stands above it: `caCrt` of the answer. */
  readonly chainPem: string;
}

/** `in-use`: it signs, or stands above the one that does. */
export type Retirement = "retired" | "unknown" | "in-use";

const LIFETIME = 3653 * 86_400_000;

interface State extends AuthorityMaterial {
  readonly bundle: readonly string[];
  /** The bundle is given with the authority, and not ours to keep. */
  readonly isTrustSupplied: boolean;
}

/**
 * The authority of client certificates: what signs them, and what is trusted. The two are apart, so that a
 * new one signs while certificates of the old one still count (connector spec §12). Our own is made at the
 * first start; one that is supplied is used, or the start fails. `onChanged` tells when anything is another.
 */
export class ClientAuthority {
  readonly #options: ClientAuthorityOptions;
  readonly #files: ClientAuthorityFiles;
  readonly #listeners = new Set<() => void>();
  #state: State;
  #issuer: AuthorityCertificate | undefined;
  #signer: Promise<ClientSigner> | undefined;
  #isSupplied: boolean;
  /** Changes one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #listNumber = 0n;

  private constructor(options: ClientAuthorityOptions, files: ClientAuthorityFiles, state: State) {
    this.#options = options;
    this.#files = files;
    this.#state = state;
    this.#isSupplied = options.supplied !== undefined;
  }

  /** PKI_AUTHORITY_UNUSABLE or another Failure of `pki/failures.ts` says what is wrong with what is kept or supplied. */
  static async open(options: ClientAuthorityOptions): Promise<ClientAuthority> {
    const files = new ClientAuthorityFiles(options.directory, options.files);
    await files.settle();
    const { supplied } = options;
    const state = supplied
      ? suppliedState(supplied, options, await keptTrust(files))
      : ((await keptState(files)) ?? (await make(options, files, await keptTrust(files))));
    await keepTrust(files, state);
    return new ClientAuthority(options, files, state);
  }

  /** What signs now. */
  get issuer(): AuthorityCertificate {
    this.#issuer ??= describe(this.#state.chain[0] as string);
    return this.#issuer;
  }

  /** PEM of the issuer, then of what stands above it: `caCrt` of an answer. */
  get chainPem(): string {
    return this.#state.chain.join("");
  }

  /** PEM of every certificate that a client's may end in or pass through; the issuer's first. */
  get bundle(): readonly string[] {
    return this.#state.bundle;
  }

  /** The bundle, for people and for counting what an old issuer still has. */
  get trusted(): readonly AuthorityCertificate[] {
    return this.#state.bundle.map(describe);
  }

  /** The profile of connector spec §8. PKI_AUTHORITY_ENDED where nothing signed now would be valid. */
  async sign(order: ClientCertificateOrder): Promise<SignedClientCertificate> {
    // Taken before the first wait: what signs is what is named, also while it changes.
    const { issuer, chainPem } = this;
    const signer = await this.#currentSigner();
    return { ...(await signer.sign(order)), issuer: issuer.hash, chainPem };
  }

  /** A DER CRL of what the issuer of now has signed. Each has a higher number than those before it. */
  async revocationList(entries: Iterable<RevokedCertificate>): Promise<Buffer> {
    const now = this.#options.clock.now();
    // Milliseconds grow across restarts too; two lists of one millisecond differ all the same.
    const next = this.#listNumber + 1n;
    this.#listNumber = next > BigInt(now) ? next : BigInt(now);
    const number = this.#listNumber;
    const signer = await this.#currentSigner();
    return signer.revocationList({ entries, now, number });
  }

  /** A new issuer under a new root; certificates of the old one count until it is retired. */
  rotate(): Promise<AuthorityCertificate> {
    return this.#renew("which one signs", true);
  }

  /** A new issuer, and nothing else counts from now on: every client must be paired again. */
  replaceCompromised(): Promise<AuthorityCertificate> {
    return this.#renew("which one signs", false);
  }

  /**
   * Takes a supplied authority that has changed. The one before it counts until it is retired, unless it is
   * `compromised`, or the trusted ones are supplied too. Rejects as `open` does, and keeps what there was.
   */
  supply(supplied: SuppliedAuthority, { compromised = false } = {}): Promise<AuthorityCertificate> {
    return this.#change(async () => {
      const old = compromised ? [] : this.#state.bundle;
      const state = suppliedState(supplied, this.#options, old);
      await keepTrust(this.#files, state);
      this.#isSupplied = true;
      return this.#take(state);
    });
  }

  /** Trusts an old authority no longer, nor what it issued. `hash` is one of `trusted`. */
  retire(hash: string): Promise<Retirement> {
    return this.#change(async () => {
      await this.#settle();
      const { chain, bundle, isTrustSupplied } = this.#state;
      if (isTrustSupplied) throw suppliedElsewhere("what is trusted");
      if (chain.some((pem) => certificateHash(pem) === hash)) return "in-use";
      const left = withoutAuthority(bundle, hash);
      if (left.length === bundle.length) return "unknown";
      const state = { ...this.#state, bundle: merged(chain, left) };
      await keepTrust(this.#files, state);
      this.#take(state);
      return "retired";
    });
  }

  /** Calls `listener` after each change until the returned Disposable is disposed. */
  onChanged(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  #renew(what: string, keepsTrust: boolean): Promise<AuthorityCertificate> {
    return this.#change(async () => {
      if (this.#isSupplied) throw suppliedElsewhere(what);
      // A rotation that failed half-way is the one that is asked for again.
      const isDone = await this.#settle();
      if (isDone && keepsTrust) return this.issuer;
      return this.#take(await make(this.#options, this.#files, keepsTrust ? this.#state.bundle : []));
    });
  }

  /** Carries out what a change left that failed half-way; true where there was one. */
  async #settle(): Promise<boolean> {
    if (!(await this.#files.settle())) return false;
    const kept = this.#isSupplied ? undefined : await keptState(this.#files);
    if (kept) this.#take(kept);
    return true;
  }

  #change<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  #take(state: State): AuthorityCertificate {
    this.#state = state;
    this.#issuer = undefined;
    this.#signer = undefined;
    for (const listener of this.#listeners) listener();
    return this.issuer;
  }

  #currentSigner(): Promise<ClientSigner> {
    this.#signer ??= createSigner(this.#state);
    return this.#signer;
  }
}

async function createSigner({ chain, key }: AuthorityMaterial): Promise<ClientSigner> {
  // Loaded only here: the library costs a start a quarter of a second.
  const { ClientSigner: Signer } = await import("./client-signer.ts");
  return Signer.create(chain[0] as string, key);
}

function suppliedState(
  supplied: SuppliedAuthority,
  { clock }: ClientAuthorityOptions,
  old: readonly string[],
): State {
  const material = checkAuthority(supplied, clock.now());
  const { trust } = supplied;
  const trusted = trust === undefined ? old : certificatesIn(trust, "the trusted certificates");
  const bundle = merged(material.chain, trusted);
  return { ...material, bundle, isTrustSupplied: trust !== undefined };
}

/** Of an earlier run. One that has ended is opened all the same, so that it can be rotated. */
async function keptState(files: ClientAuthorityFiles): Promise<State | undefined> {
  const kept = await files.read();
  if (!kept) return undefined;
  const material = checkAuthority({ certificate: kept.issuer, key: kept.issuerKey, root: kept.root }, 0);
  return { ...material, bundle: merged(material.chain, await keptTrust(files)), isTrustSupplied: false };
}

async function keptTrust(files: ClientAuthorityFiles): Promise<readonly string[]> {
  return certificatesIn(await files.readTrust(), "client-trust.pem");
}

async function keepTrust(files: ClientAuthorityFiles, { bundle, isTrustSupplied }: State): Promise<void> {
  if (isTrustSupplied || (await files.readTrust()) === bundle.join("")) return;
  await files.writeTrust(bundle);
}

async function make(
  { clock, keyAlgorithm = "ec" }: ClientAuthorityOptions,
  files: ClientAuthorityFiles,
  old: readonly string[],
): Promise<State> {
  const { issueClientAuthority } = await import("./issue-client-authority.ts");
  const now = clock.now();
  const validity = { notBefore: new Date(now - CLOCK_SKEW), notAfter: new Date(now + LIFETIME) };
  const made = await issueClientAuthority(keyAlgorithm, validity);
  const { issuer, root } = made;
  const supplied = { certificate: issuer.certificate, key: issuer.key, root: root.certificate };
  const material = checkAuthority(supplied, now);
  const bundle = merged(material.chain, old);
  await files.replace({ ...made, trust: bundle });
  return { ...material, bundle, isTrustSupplied: false };
}

function merged(first: readonly string[], then: readonly string[]): readonly string[] {
  return Object.freeze(Array.from(new Set([...first, ...then])));
}

function describe(certificate: string): AuthorityCertificate {
  const { subject, validFromDate, validToDate } = new X509Certificate(certificate);
  return {
    certificate,
    hash: certificateHash(certificate),
    name: subject.replaceAll("\n", ","),
    notBefore: validFromDate.getTime(),
    notAfter: validToDate.getTime(),
  };
}

function suppliedElsewhere(what: string): Failure {
  return new Failure("PKI_AUTHORITY_SUPPLIED", pkiFailures.PKI_AUTHORITY_SUPPLIED, [what]);
}
