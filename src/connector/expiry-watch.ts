import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import type { ClientAuthority } from "../pki/client-authority.ts";
import type { IssuedCertificate, PairingRecords } from "../stores/pairing-records.ts";
import { certificateEnds, type Validity } from "../telemetry/channels.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedApplication, noticedByAll } from "../telemetry/noticed-object.ts";
import { eachCertificate } from "./each-certificate.ts";
import { certificateNameOf } from "./pairing-context.ts";

const HOUR = 3_600_000;

/** Of its life; what has less left is warned of (connector spec §12). */
const LEFT_TO_WARN = 0.2;

export interface ExpiryWatchOptions {
  readonly records: PairingRecords;
  readonly authority: ClientAuthority;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Knows which certificate of whom ends when, tells metrics of it, and warns once of each that is about to end. */
export class ExpiryWatch implements AsyncDisposable {
  readonly #options: ExpiryWatchOptions;
  #applications = new Map<string, Known>();
  /** What was issued since the records began to be read: it may be missing there. */
  #meanwhile: Known[] = [];
  /** Hashes that have been warned of. */
  readonly #warned = new Set<string>();
  readonly #changes: Disposable;
  #timer: Disposable | undefined;
  #looking: Promise<void> | undefined;
  /** Something changed while the records were read. */
  #isOutdated = false;
  #isClosed = false;

  constructor(options: ExpiryWatchOptions) {
    this.#options = options;
    this.#changes = options.authority.onChanged(() => this.#tell());
    this.look();
  }

  /** A certificate is on record. */
  issued(certificate: IssuedCertificate): void {
    takeNewest(this.#applications, certificate);
    if (this.#looking) this.#meanwhile.push(certificate);
    this.#tell();
  }

  /** The newest certificate of somebody may be another one now. */
  revoked(hash: string): void {
    for (const known of [...this.#applications.values(), ...this.#meanwhile]) {
      if (known.hash === hash) return this.look();
    }
    if (this.#looking) this.#isOutdated = true;
  }

  /** Reads all records anew, as every hour. */
  look(): void {
    if (this.#isClosed) return;
    if (this.#looking) {
      this.#isOutdated = true;
      return;
    }
    this.#isOutdated = false;
    this.#looking = this.#read()
      .catch((error: unknown) => {
        this.#options.warn("the ends of certificates cannot be read", { reason: reasonOf(error) });
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#isOutdated) this.look();
        else this.#lookLater();
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    this.#changes[Symbol.dispose]();
    await this.#looking;
  }

  #lookLater(): void {
    this.#timer?.[Symbol.dispose]();
    if (!this.#isClosed) this.#timer = this.#options.clock.after(HOUR, () => this.look());
  }

  async #read(): Promise<void> {
    const { records, clock } = this.#options;
    const found = new Map<string, Known>();
    this.#meanwhile = [];
    for await (const certificate of eachCertificate(records, { expiresAfter: clock.now() })) {
      if (this.#isClosed) return;
      takeNewest(found, certificate);
    }
    for (const certificate of this.#meanwhile) takeNewest(found, certificate);
    this.#applications = found;
    this.#tell();
    this.#warn();
  }

  #tell(): void {
    if (!certificateEnds.hasSubscribers) return;
    certificateEnds.publish({
      authority: this.#options.authority.issuer,
      applications: new Map(this.#applications),
    });
  }

  #warn(): void {
    const { authority, warn } = this.#options;
    const { issuer } = authority;
    if (this.#isEnding(issuer)) {
      notice(noticedByAll, "AuthorityEnding", `the authority of client certificates ends ${endOf(issuer)}`);
      if (this.#isNew(issuer)) {
        warn("the authority of client certificates is about to end: rotate it", fieldsOf(issuer));
      }
    }
    for (const [application, certificate] of this.#applications) {
      if (!this.#isEnding(certificate)) continue;
      const told = `the newest client certificate ends ${endOf(certificate)} and was not renewed`;
      const isOfOne = certificate.purpose === "application";
      // Each hour again: an Event that is not seen again goes.
      if (isOfOne) notice(noticedApplication(application), "CertificateEnding", told);
      if (!this.#isNew(certificate)) continue;
      warn("the newest client certificate is about to end and was not renewed", {
        application,
        ...fieldsOf(certificate),
      });
    }
  }

  #isEnding({ notBefore, notAfter }: Ending): boolean {
    return (notAfter - this.#options.clock.now()) / (notAfter - notBefore) < LEFT_TO_WARN;
  }

  #isNew({ hash }: Ending): boolean {
    if (this.#warned.has(hash)) return false;
    this.#warned.add(hash);
    return true;
  }
}

interface Ending extends Validity {
  readonly hash: string;
}

type Known = Ending & Pick<IssuedCertificate, "purpose" | "application">;

function takeNewest(newest: Map<string, Known>, certificate: Known): void {
  const name = certificateNameOf({ ...certificate, tenant: undefined, group: undefined });
  const known = newest.get(name);
  if (!known || known.notAfter <= certificate.notAfter) newest.set(name, certificate);
}

function fieldsOf(ending: Ending): Record<string, unknown> {
  return { hash: ending.hash, notAfter: endOf(ending) };
}

function endOf({ notAfter }: Ending): string {
  return new Date(notAfter).toISOString();
}
