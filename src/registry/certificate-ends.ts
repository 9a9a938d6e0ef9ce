import { X509Certificate } from "node:crypto";
import { serviceCertificates, type ServiceCertificate } from "../telemetry/channels.ts";
import { apiEntryOf } from "./api-entry.ts";
import { credentialTypes } from "./credential-types.ts";
import type { RegistryContext } from "./registry-context.ts";
import { textOf } from "./secret-data.ts";

const HOUR = 3_600_000;

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
      const certificates = serviceCertificates.hasSubscribers ? await this.#all() : undefined;
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
        const notAfter = endOf(textOf(secret?.data, "crt"));
        if (notAfter === undefined) continue;
        found.push({ application: metadata.name, service: service.id, notAfter });
      }
    }
    return found;
  }
}

/** Milliseconds since the epoch; undefined where it is no certificate, which whoever reads the service is told. */
function endOf(certificate: string | undefined): number | undefined {
  try {
    return certificate === undefined ? undefined : new X509Certificate(certificate).validToDate.getTime();
  } catch {
    return undefined;
  }
}
