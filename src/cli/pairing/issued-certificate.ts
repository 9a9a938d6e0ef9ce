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
  const told = certificatesIn(textAt(body, "caCrt"));
  if (!leaf || told.length === 0) throw unusable(place, "there is no certificate in it");
  const problem = problemOf(leaf, expected);
  if (problem !== undefined) throw unusable(place, problem);
  const authorities = fromIssuerUp(leaf, told);
  if (!authorities) throw unusable(place, "its certificate is not signed by an authority beside it");
  return { leaf, chain: pem([leaf, ...authorities]), authorities: pem(authorities) };
}

function unusable(place: string, problem: string): CommandError {
  return new CommandError(`the answer of ${place} cannot be used: ${problem}`);
}

/** Each after the one that it signed, as TLS wants them: some servers tell the root first. The rest comes last. */
function fromIssuerUp(
  leaf: X509Certificate,
  told: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const rest = [...told];
  const ordered: X509Certificate[] = [];
  for (let last = leaf; rest.length > 0;) {
    const index = rest.findIndex((one) => last.checkIssued(one) && last.verify(one.publicKey));
    const [issuer] = index < 0 ? [] : rest.splice(index, 1);
    if (!issuer) break;
    ordered.push(issuer);
    last = issuer;
  }
  return ordered.length === 0 ? undefined : [...ordered, ...rest];
}

function problemOf(leaf: X509Certificate, { key, commonName, now }: ExpectedCertificate): string | undefined {
  if (!leaf.checkPrivateKey(key)) return "its certificate is for another key";
  const names = readCertificateName(leaf)
    .flat()
    .filter(({ type }) => type === "CN");
  if (names.length !== 1 || names[0]?.value !== commonName) {
    const found = printable(names.map(({ value }) => value).join(", "));
    return `its certificate is for "${found}", and the request was for "${commonName}"`;
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
