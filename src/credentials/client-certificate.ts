import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { certificateRefusal } from "../outbound/certificate-refusal.ts";
import type { ClientCertificate } from "../outbound/tls-identity.ts";

/** Hidden from `util.inspect` and JSON, wherever the TLS identity that carries it goes. */
class PreparedCertificate implements ClientCertificate {
  readonly #crt: string;
  readonly #key: string;
  constructor(crt: string, key: string) {
    this.#crt = crt;
    this.#key = key;
  }
  get crt(): string {
    return this.#crt;
  }
  get key(): string {
    return this.#key;
  }
}

interface Prepared {
  readonly key: Buffer;
  readonly outcome: ClientCertificate | string;
}

/** By the bytes of `crt`, which APIs share when they are compiled with one Secret. */
const prepared = new WeakMap<Buffer, Prepared>();

/**
 * A certificate (a chain with the leaf first, other text around it allowed) and its key, checked and brought
 * into one form; or what is wrong with them, without a byte of either. Whether the certificate is still
 * valid is for the server to say (gateway spec §9). The same buffers give the same object: a look takes a
 * millisecond, and while thousands of APIs are compiled, no call is served.
 */
export function prepareCertificate(crt: Buffer, key: Buffer): ClientCertificate | string {
  const known = prepared.get(crt);
  if (known?.key === key) return known.outcome;
  const outcome = prepare(crt, key);
  prepared.set(crt, { key, outcome });
  return outcome;
}

function prepare(crt: Buffer, key: Buffer): ClientCertificate | string {
  const chain = parseChain(crt.toString("latin1"));
  if (typeof chain === "string") return chain;
  const [leaf] = chain;
  if (!leaf) return "no certificate in PEM form in 'crt'";
  const privateKey = parsePrivateKey(key.toString("latin1"));
  if (typeof privateKey === "string") return privateKey;
  if (!leaf.checkPrivateKey(privateKey)) return "the private key does not belong to the certificate";
  const certificate = new PreparedCertificate(
    chain.map(String).join(""),
    privateKey.export({ type: "pkcs8", format: "pem" }),
  );
  return certificateRefusal(certificate) ?? certificate;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function parseChain(text: string): X509Certificate[] | string {
  try {
    return (text.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
  } catch {
    // What OpenSSL says ("bad base64 decode", "asn1 encoding routines") helps nobody who holds a Secret.
    return "a certificate in 'crt' cannot be read";
  }
}

/** An unencrypted key in PEM form, or what is wrong with it. */
export function parsePrivateKey(text: string): KeyObject | string {
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return "no private key in PEM form in 'key'";
  // PKCS#8 says so in the label, the old form in a line of its own (Proc-Type: 4,ENCRYPTED).
  if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text))
    return "the private key in 'key' is encrypted";
  try {
    return createPrivateKey({ key: text, format: "pem" });
  } catch {
    return "the private key in 'key' cannot be read";
  }
}
