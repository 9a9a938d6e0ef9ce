import { X509Certificate, type KeyObject } from "node:crypto";
import { readCertificateName } from "../../pki/certificate-name.ts";
import { pemBlocks, pemText } from "../../pki/pem.ts";
import { CommandError } from "../command-error.ts";
import { textAt } from "../json-fields.ts";
import { printable } from "../output/printable.ts";

/** What came back for a request, checked. */
export interface Issued {
  readonly leaf: X509Certificate;
  /** The leaf and what is above it, as TLS wants them; PEM. */
  readonly chain: string;
  /** The authorities alone; PEM. */
  readonly authorities: string;
}

export interface ExpectedCertificate {
  readonly key: KeyObject;
  readonly commonName: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Reads the answer to a request (connector spec §6: base64 of PEM). A certificate that is not ours, or that no
 * server would take, is found here, and not by the first call that fails.
 */
export function readIssued(body: unknown, expected: ExpectedCertificate, place: string): Issued {
  const [leaf] = certificatesIn(textAt(body, "clientCrt"));
  const authorities = certificatesIn(textAt(body, "caCrt"));
  const [issuer] = authorities;
  const problem = leaf && issuer ? problemOf(leaf, issuer, expected) : "there is no certificate in it";
  if (!leaf || problem !== undefined) {
    throw new CommandError(`the answer of ${place} cannot be used: ${problem ?? "it is empty"}`);
  }
  return { leaf, chain: pem([leaf, ...authorities]), authorities: pem(authorities) };
}

function problemOf(
  leaf: X509Certificate,
  issuer: X509Certificate,
  { key, commonName, now }: ExpectedCertificate,
): string | undefined {
  if (!leaf.checkPrivateKey(key)) return "its certificate is for another key";
  const names = readCertificateName(leaf)
    .flat()
    .filter(({ type }) => type === "CN");
  if (names.length !== 1 || names[0]?.value !== commonName) {
    const found = printable(names.map(({ value }) => value).join(", "));
    return `its certificate is for "${found}", and the request was for "${commonName}"`;
  }
  if (!leaf.checkIssued(issuer) || !leaf.verify(issuer.publicKey)) {
    return "its certificate is not signed by the authority beside it";
  }
  if (leaf.validToDate.getTime() <= now) {
    return "its certificate has expired already: is the clock of this machine right?";
  }
  return undefined;
}

function certificatesIn(encoded: string | undefined): readonly X509Certificate[] {
  if (encoded === undefined) return [];
  try {
    const blocks = [...pemBlocks(Buffer.from(encoded, "base64").toString("latin1"))];
    return blocks.map(({ der }) => new X509Certificate(der));
  } catch {
    return [];
  }
}

/** Written anew, so that nothing but certificates gets into the files. */
function pem(certificates: readonly X509Certificate[]): string {
  return certificates.map(({ raw }) => pemText({ label: "CERTIFICATE", der: raw })).join("");
}
