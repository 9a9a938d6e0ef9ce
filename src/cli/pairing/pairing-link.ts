import { createHash } from "node:crypto";
import { usageError } from "../command-error.ts";

/** The one-time link that an administrator hands over (connector spec §4, amendment A8). */
export interface PairingLink {
  /** Where the pairing begins, with the token, without the fragment: a fragment is for us alone. */
  readonly url: URL;
  /** Lower-case hex SHA-256 of the DER of the authority that signed the server's certificate. */
  readonly authorityHash: string | undefined;
  /** Tells one link from another without being of any use: SHA-256 of the token. */
  readonly fingerprint: string;
}

const EXAMPLE = "https://HOST/v1/applications/signingRequests/info?token=…#ca-sha256=…";

/** Reads a link that somebody copied. Nothing of it is repeated in an error: it is a secret. */
export function parsePairingLink(text: string): PairingLink {
  const trimmed = text.trim();
  if (trimmed === "" || /\s/.test(trimmed) || !URL.canParse(trimmed)) {
    throw usageError(`error: this is no pairing link: one looks like ${EXAMPLE}`);
  }
  const url = new URL(trimmed);
  if (url.protocol !== "https:") {
    throw usageError(
      "error: a pairing link begins with https:// – over anything else others could read the token",
    );
  }
  const token = url.searchParams.get("token");
  if (!token) throw usageError(`error: the pairing link has no token: one looks like ${EXAMPLE}`);
  const authorityHash = hashIn(url.hash);
  url.hash = "";
  url.username = "";
  url.password = "";
  return { url, authorityHash, fingerprint: createHash("sha256").update(token).digest("hex") };
}

/** The link as it is handed over; without a hash, the system's authorities decide. */
export function formatPairingLink(url: string, authorityHash: string | undefined): string {
  return authorityHash === undefined ? url : `${url}#ca-sha256=${authorityHash}`;
}

function hashIn(fragment: string): string | undefined {
  const given = new URLSearchParams(fragment.slice(1)).get("ca-sha256");
  if (given === null) return undefined;
  const hash = given.toLowerCase().replaceAll(":", "");
  // One that was cut off must not mean "trust whom the system trusts".
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    throw usageError(
      "error: the end of the pairing link is damaged: ca-sha256 must be 64 hex digits. Copy it whole",
    );
  }
  return hash;
}
