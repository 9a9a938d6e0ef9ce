import { createHash, X509Certificate } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { pemBlocks } from "../../pki/pem.ts";
import type { Connection } from "../server/connection.ts";

/**
 * The hash that a pairing link ends in: of the authority that signed the certificates of the server's public
 * hosts (amendment A8). The server tells in `Server-Authority-Sha256`, where `system` means one that
 * everybody trusts; otherwise it is the one authority of the kubeconfig that our server wrote. Undefined: the
 * link names none.
 */
export function serverAuthorityHash(
  { tls, product }: Connection,
  headers: IncomingHttpHeaders,
): string | undefined {
  const told = headers["server-authority-sha256"];
  if (told !== undefined) return /^[0-9a-f]{64}$/.test(String(told)) ? String(told) : undefined;
  // A cluster's kubeconfig has the cluster's authority, which has signed nothing of ours.
  if (product.gatewayUrl === undefined || tls.ca === undefined) return undefined;
  const [block, ...more] = [...pemBlocks(tls.ca)];
  return block && more.length === 0 && isAuthority(block.der)
    ? createHash("sha256").update(block.der).digest("hex")
    : undefined;
}

function isAuthority(der: Buffer): boolean {
  try {
    return new X509Certificate(der).ca;
  } catch {
    return false;
  }
}
