import { X509Certificate } from "node:crypto";
import { serviceCertificates } from "../telemetry/channels.ts";
import { apiEntryOf } from "./api-entry.ts";
import { newCertificateSecret } from "./certificate-secret.ts";
import { credentialTypes } from "./credential-types.ts";
import { describeService } from "./describe-service.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { refusedForRoom } from "./register-service.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { textOf } from "./secret-data.ts";
import { finishChange, findService } from "./service-changes.ts";

export interface RotatedCertificate {
  readonly kind: "rotated";
  readonly name: string;
  readonly commonName: string;
  /** PEM. */
  readonly certificate: string;
}

/** Makes a new pair for generated credentials, with the name that they have (registry spec §6.4). */
export function rotateCertificate(
  context: RegistryContext,
  place: { readonly application: string; readonly id: string },
): Promise<RotatedCertificate | Refused> {
  const step = `Rotating certificate of service with ID ${place.id} failed`;
  return context.lock.run(serviceKey(place.application, place.id), async () => {
    await finishChange(context, place);
    const found = findService(context, place, step);
    if (isRefused(found)) return found;
    const { application, service } = found;
    const { type, secretName = "" } = apiEntryOf(service)?.credentials ?? {};
    const described = await describeService(context, place.application, service);
    if (isRefused(described)) return described;
    const commonName = textOf(described.credentials, "commonName") ?? "";
    if (type !== credentialTypes.certificateGen || commonName === "") {
      return refused("REGISTRY_NO_CERTIFICATE", service.id);
    }
    try {
      const data = { ...described.credentials, ...(await newCertificateSecret(commonName, context.clock)) };
      await context.objects.putSecret(secretName, data, { application, serviceId: service.id });
      const certificate = textOf(data, "crt") ?? "";
      const notAfter = new X509Certificate(certificate).validToDate.getTime();
      const ends = { application: application.metadata.name, service: service.id, notAfter };
      serviceCertificates.publish({ certificates: [ends], areAll: false });
      return { kind: "rotated", name: service.displayName, commonName, certificate };
    } catch (error) {
      return refusedForRoom(error, step);
    }
  });
}
