import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { reasonOf } from "../../core/failures.ts";
import { pemBlocks } from "../../pki/pem.ts";
import { CommandError } from "../command-error.ts";
import type { PairingLink } from "./pairing-link.ts";
import { presentedAuthority } from "./presented-authority.ts";
import type { ServerTrust } from "./server-trust.ts";

/**
 * By whom the servers of a link are known: the authority that the link names, else those of a file, else the
 * system's. Nothing of the link is sent to find out.
 */
export async function linkTrust(
  { url, authorityHash }: PairingLink,
  file: string | undefined,
  timeout: number,
): Promise<ServerTrust> {
  if (file !== undefined) return { kind: "file", authorities: await readAuthorities(file, authorityHash) };
  if (authorityHash === undefined) return { kind: "system", authorities: "" };
  const authorities = await presentedAuthority(url, authorityHash, AbortSignal.timeout(timeout));
  return { kind: "pinned", authorities };
}

async function readAuthorities(file: string, hash: string | undefined): Promise<string> {
  const text = await readFile(file, "latin1").catch((error: unknown) => {
    throw new CommandError(`--server-ca ${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  });
  const certificates = [...pemBlocks(text)].map(({ der }) => certificateFrom(der));
  if (certificates.length === 0 || certificates.includes(undefined)) {
    throw new CommandError(`--server-ca ${file} has no certificates in PEM, or something else among them`);
  }
  const found = certificates.filter((one) => one !== undefined);
  const hashes = found.map(({ raw }) => createHash("sha256").update(raw).digest("hex"));
  if (hash !== undefined && !hashes.includes(hash)) {
    throw new CommandError(
      `--server-ca ${file} has not the authority that the link names (ca-sha256 ${hash}): leave one of them out`,
    );
  }
  return found.map(String).join("");
}

function certificateFrom(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
