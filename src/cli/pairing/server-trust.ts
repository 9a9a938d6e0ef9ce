import type { ConnectionOptions } from "node:tls";
import { getCACertificates } from "node:tls";

/** By whom the external system's side knows the servers. */
export interface ServerTrust {
  /**
   * `pinned`: exactly the authority that the link names; `file`: those of a file; `system`: those that the
   * machine trusts.
   */
  readonly kind: "pinned" | "file" | "system";
  /** PEM; empty for `system` as long as no server was seen. */
  readonly authorities: string;
}

export function trustOptions({ kind, authorities }: ServerTrust): ConnectionOptions {
  const verified = { rejectUnauthorized: true, minVersion: "TLSv1.2" } as const;
  if (kind === "system") {
    // Node looks only at its own list, people put their company's authority into the system's.
    return { ...verified, ca: [...getCACertificates("default"), ...getCACertificates("system")] };
  }
  // The authority may itself be signed by another, of which nothing is known here.
  return { ...verified, ca: authorities, allowPartialTrustChain: true };
}
