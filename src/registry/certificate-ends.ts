import { X509Certificate } from "node:crypto";
import {
  noticed,
  serviceCertificates,
  type ServiceCertificate,
  type Validity,
} from "../telemetry/channels.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedApplication } from "../telemetry/noticed-object.ts";
import { apiEntryOf } from "./api-entry.ts";
import { credentialTypes } from "./credential-types.ts";
import type { RegistryContext } from "./registry-context.ts";
import { textOf } from "./secret-data.ts";

const HOUR = 3_600_000;

/** Of its life; what has less left is told of. */
const LEFT_TO_TELL = 0.2;

/**
 * Tells when generated certificates of services end, since nobody renews them (registry spec §6.4): at the start and
 * every hour, one Secret after the other, so that a look at the metrics reads none.
 */
export class CertificateEnds implements AsyncDisposable {
  readonly #context: Pick<RegistryContext, "applications" | "objects" | "clock" | "warn">;
  #timer: Disposable | undefined;
  #working: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(context: Pick<RegistryContext, "applications" | "objects" | "clock" | "warn">) {
    this.#context = context;
  }

  start(): void {
    this.#working = this.#round();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#working;
  }

  async #round(): Promise<void> {
    const { clock, warn } = this.#context;
    try {
      const isAsked = serviceCertificates.hasSubscribers || noticed.hasSubscribers;
      const certificates = isAsked ? await this.#all() : undefined;
      if (certificates && !this.#isClosed) serviceCertificates.publish({ certificates, areAll: true });
    } catch (error) {
      if (!this.#isClosed) warn("the ends of generated certificates cannot be told now", { error });
    }
    if (!this.#isClosed) this.#timer = clock.after(HOUR, () => this.start());
  }

  async #all(): Promise<readonly ServiceCertificate[]> {
    const found: ServiceCertificate[] = [];
    for (const { metadata, spec } of [...this.#context.applications.values()]) {
      for (const service of spec?.services ?? []) {
        if (this.#isClosed) return found;
        const { type, secretName = "" } = apiEntryOf(service)?.credentials ?? {};
        if (type !== credentialTypes.certificateGen || secretName === "") continue;
        // oxlint-disable-next-line no-await-in-loop -- nobody waits, and others want the store
        const secret = await this.#context.objects.secret(secretName);
        const validity = validityOf(textOf(secret?.data, "crt"));
        if (!validity) continue;
        const { notAfter } = validity;
        found.push({ application: metadata.name, service: service.id, notAfter });
        if (!this.#isEnding(validity)) continue;
        const end = new Date(notAfter).toISOString();
        const text = `service ${service.id}: the certificate that was generated for it ends ${end}`;
        notice(noticedApplication(metadata.name, metadata.uid), "ServiceCertificateEnding", text);
      }
    }
    return found;
  }

  #isEnding({ notBefore, notAfter }: Validity): boolean {
    return (notAfter - this.#context.clock.now()) / (notAfter - notBefore) < LEFT_TO_TELL;
  }
}

/** undefined where it is no certificate, which whoever reads the service is told. */
function validityOf(certificate: string | undefined): Validity | undefined {
  if (certificate === undefined) return undefined;
  try {
    const { validFromDate, validToDate } = new X509Certificate(certificate);
    return { notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
  } catch {
    return undefined;
  }
}
