import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { Failure, reasonOf } from "../core/failures.ts";
import { pkiFailures } from "./failures.ts";
import { readFileIfThere } from "./private-file.ts";
import { signingAlgorithm } from "./signing-algorithm.ts";
import { certificatesIn, isIssuedBy } from "./trust-bundle.ts";

/** An authority of client certificates that somebody else made. All PEM. */
export interface SuppliedAuthority {
  /** The one that signs, and any that stand between it and its root. */
  readonly certificate: string;
  /** PKCS #1, PKCS #8 or SEC 1, unencrypted. */
  readonly key: string;
  /** Where the chain ends, if not in `certificate`. */
  readonly root?: string | undefined;
  /** All that clients are trusted by; what is signed with is in it without being named. */
  readonly trust?: string | undefined;
}

/** Paths; as SuppliedAuthority. */
export interface SuppliedAuthorityFiles {
  readonly certificate: string;
  readonly key: string;
  readonly root?: string | undefined;
  readonly trust?: string | undefined;
}

export interface AuthorityMaterial {
  /** PEM: the one that signs first, then up to its root as far as it is known. */
  readonly chain: readonly string[];
  readonly key: KeyObject;
}

/** Keys of the Secrets that installations have (connector spec §§12, 18): cert-manager's, and the original's. */
const LAYOUTS = [
  { certificate: "tls.crt", key: "tls.key", root: "ca.crt" },
  { certificate: "ca.crt", key: "ca.key", root: "cacert" },
] as const;

/**
 * Reads a Secret's values, already decoded from base64. The root of the original is in a Secret of its own:
 * its `cacert` is given as a value beside the others. PKI_AUTHORITY_INCOMPLETE names what is not there.
 */
export function authorityFromSecret(values: Readonly<Record<string, string | undefined>>): SuppliedAuthority {
  const layout =
    LAYOUTS.find(({ key }) => values[key]) ?? LAYOUTS.find(({ certificate }) => values[certificate]);
  const { certificate, key, root } = layout ?? LAYOUTS[0];
  const required = (name: string): string => {
    const value = values[name];
    if (value) return value;
    throw new Failure("PKI_AUTHORITY_INCOMPLETE", pkiFailures.PKI_AUTHORITY_INCOMPLETE, [name]);
  };
  return { certificate: required(certificate), key: required(key), root: values[root] };
}

/** PKI_AUTHORITY_INCOMPLETE or PKI_UNREADABLE names the file. */
export async function authorityFromFiles(files: SuppliedAuthorityFiles): Promise<SuppliedAuthority> {
  return {
    certificate: await contentOf(files.certificate),
    key: await contentOf(files.key),
    root: files.root && (await contentOf(files.root)),
    trust: files.trust && (await contentOf(files.trust)),
  };
}

async function contentOf(path: string): Promise<string> {
  const text = await readFileIfThere(path);
  if (text !== undefined) return text;
  throw new Failure("PKI_AUTHORITY_INCOMPLETE", pkiFailures.PKI_AUTHORITY_INCOMPLETE, [path]);
}

/**
 * Checks that certificate, key and root belong together, may sign, and have not ended at `now` (milliseconds
 * since the epoch). PKI_AUTHORITY_UNUSABLE says what is wrong: nothing else is ever put in their place.
 */
export function checkAuthority(supplied: SuppliedAuthority, now: number): AuthorityMaterial {
  const given = [
    ...certificatesIn(supplied.certificate, "its certificate"),
    ...certificatesIn(supplied.root ?? "", "its root certificate"),
  ];
  const [first] = given;
  if (first === undefined) throw unusable("?", "its certificate is not PEM");
  const issuer = new X509Certificate(first);
  const name = issuer.subject.replaceAll("\n", ",");
  const key = readKey(supplied.key, name);
  const problem = problemOf(issuer, key, now);
  if (problem !== undefined) throw unusable(name, problem);
  return { chain: orderedChain(given, name), key };
}

function readKey(text: string, name: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    // OpenSSL's reasons name formats, never content.
    throw unusable(name, `its key is not readable: ${reasonOf(error)}`, error);
  }
}

function problemOf(issuer: X509Certificate, key: KeyObject, now: number): string | undefined {
  if (!issuer.checkPrivateKey(key)) return "certificate and key do not belong together";
  if (!signingAlgorithm(key)) return "its key is neither RSA from 2048 bits nor EC on a usual curve";
  if (!issuer.ca) return "its certificate may not sign others (CA:true, keyCertSign)";
  if (issuer.validToDate.getTime() <= now) return `it ended on ${issuer.validToDate.toISOString()}`;
  return undefined;
}

/** From the one that signs upwards; each must have signed the one before it. */
function orderedChain(given: readonly string[], name: string): readonly string[] {
  const [first = "", ...others] = new Set(given);
  const chain = [first];
  let last = new X509Certificate(first);
  for (const pem of others) {
    const next = new X509Certificate(pem);
    if (!isIssuedBy(last, next)) {
      throw unusable(
        name,
        `its chain is broken: ${next.subject.replaceAll("\n", ",")} did not sign what is below it`,
      );
    }
    chain.push(pem);
    last = next;
  }
  return chain;
}

function unusable(name: string, reason: string, cause?: unknown): Failure {
  return new Failure("PKI_AUTHORITY_UNUSABLE", pkiFailures.PKI_AUTHORITY_UNUSABLE, [name, reason], { cause });
}
