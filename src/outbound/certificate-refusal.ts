import { createSecureContext } from "node:tls";
import type { ClientCertificate } from "./tls-identity.ts";

/**
 * Why no connection could be made with a client certificate, which otherwise the first one would show:
 * OpenSSL takes no weak keys and signatures. undefined when it takes this one.
 */
export function certificateRefusal({ crt, key }: ClientCertificate): string | undefined {
  try {
    createSecureContext({ cert: crt, key, minVersion: "TLSv1.2" });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `TLS does not take the certificate (${code ?? "unknown reason"})`;
  }
}
