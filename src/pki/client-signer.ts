// The library registers its parsers through decorators and fails to load without this polyfill before it.
import "reflect-metadata";
import { createHash, type KeyObject, type webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { Failure } from "../core/failures.ts";
import type { ClientCertificateOrder, IssuedClientCertificate } from "./client-certificate-order.ts";
import { pkiFailures } from "./failures.ts";
import { pemText } from "./pem.ts";
import { encodeRevocationList, type RevokedCertificates } from "./revocation-list.ts";
import { newSerialNumber } from "./serial-number.ts";
import { signingAlgorithm, type SigningAlgorithm } from "./signing-algorithm.ts";

/** Clocks of servers that check a fresh certificate may be behind ours. Milliseconds. */
const CLOCK_SKEW = 60_000;

const BASIC_CONSTRAINTS = new BasicConstraintsExtension(false, undefined, true);
const KEY_USAGE = new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true);
const EXTENDED_KEY_USAGE = new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]);

/** Signs client certificates and the list of revoked ones with one certificate authority. */
export class ClientSigner {
  readonly #certificate: X509Certificate;
  readonly #name: Name;
  readonly #key: KeyObject;
  readonly #signingKey: webcrypto.CryptoKey;
  readonly #algorithm: SigningAlgorithm;
  readonly #keyIdentifier: AuthorityKeyIdentifierExtension;

  private constructor(certificate: X509Certificate, key: KeyObject, keyIdentifier: string) {
    this.#certificate = certificate;
    this.#name = certificate.subjectName;
    this.#key = key;
    this.#algorithm = usable(signingAlgorithm(key), certificate, "its key is neither RSA nor EC");
    this.#signingKey = key.toCryptoKey(this.#algorithm.parameters, false, ["sign"]);
    this.#keyIdentifier = new AuthorityKeyIdentifierExtension(keyIdentifier);
  }

  /** `certificate` is PEM, of an authority, and belongs to `key`. PKI_AUTHORITY_UNUSABLE where the two cannot sign. */
  static async create(certificate: string, key: KeyObject): Promise<ClientSigner> {
    const parsed = new X509Certificate(certificate);
    // RFC 5280 §7.1 lets verifiers compare names bit by bit, and the library writes some string types anew.
    const name = Buffer.from(parsed.subjectName.toArrayBuffer());
    const repeatable = Buffer.from(parsed.rawData).includes(name);
    usable(repeatable || undefined, parsed, "its name has an encoding that cannot be repeated");
    const identifier = parsed.getExtension(SubjectKeyIdentifierExtension)?.keyId;
    const made = identifier ?? Buffer.from(await parsed.publicKey.getKeyIdentifier()).toString("hex");
    return new ClientSigner(parsed, key, made);
  }

  /** The profile of connector spec §8. PKI_AUTHORITY_ENDED where nothing signed now would be valid. */
  async sign(order: ClientCertificateOrder): Promise<IssuedClientCertificate> {
    const end = this.#certificate.notAfter.getTime();
    if (order.now >= end) {
      const values = [this.#certificate.subject, new Date(end).toISOString()];
      throw new Failure("PKI_AUTHORITY_ENDED", pkiFailures.PKI_AUTHORITY_ENDED, values);
    }
    // Certificates count in seconds.
    const notBefore = Math.floor((order.now - CLOCK_SKEW) / 1000) * 1000;
    const notAfter = Math.min(notBefore + Math.floor(order.validity / 1000) * 1000, end);
    const serial = newSerialNumber();
    const publicKey = new PublicKey(order.publicKey.export({ format: "der", type: "spki" }));
    const certificate = await X509CertificateGenerator.create({
      subject: clientName(order),
      issuer: this.#name,
      publicKey,
      signingKey: this.#signingKey,
      signingAlgorithm: { name: this.#algorithm.parameters.name, hash: this.#algorithm.hash },
      serialNumber: serial,
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      extensions: await this.#extensions(publicKey, order),
    });
    const der = Buffer.from(certificate.rawData);
    const hash = createHash("sha256").update(der).digest("hex");
    return { certificate: pemText({ label: "CERTIFICATE", der }), hash, serial, notBefore, notAfter };
  }

  /** A DER CRL. Time grows with the list: a few microseconds for each certificate in it. */
  revocationList(revoked: RevokedCertificates): Promise<Buffer> {
    return encodeRevocationList(revoked, {
      name: Buffer.from(this.#name.toArrayBuffer()).toString("hex"),
      key: this.#key,
      algorithm: this.#algorithm,
      keyIdentifier: Buffer.from(this.#keyIdentifier.rawData).toString("hex"),
    });
  }

  async #extensions(publicKey: PublicKey, { uriName }: ClientCertificateOrder): Promise<Extension[]> {
    const alternative = uriName && new SubjectAlternativeNameExtension([{ type: "url", value: uriName }]);
    return [
      BASIC_CONSTRAINTS,
      KEY_USAGE,
      EXTENDED_KEY_USAGE,
      await SubjectKeyIdentifierExtension.create(publicKey),
      this.#keyIdentifier,
      ...(alternative ? [alternative] : []),
    ];
  }
}

function usable<Value>(value: Value | undefined, certificate: X509Certificate, reason: string): Value {
  if (value !== undefined) return value;
  const values = [certificate.subject, reason];
  throw new Failure("PKI_AUTHORITY_UNUSABLE", pkiFailures.PKI_AUTHORITY_UNUSABLE, values);
}

// X.680 §41.4. Clients of the original get this type, and UTF8String for all else.
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

function text(value: string) {
  return PRINTABLE.test(value) ? { printableString: value } : { utf8String: value };
}

function clientName({ subject, commonName }: ClientCertificateOrder): Name {
  return new Name([
    { C: [text(subject.country)] },
    { O: [text(subject.organization)] },
    { OU: [text(subject.organizationalUnit)] },
    { L: [text(subject.locality)] },
    { ST: [text(subject.province)] },
    { CN: [text(commonName)] },
  ]);
}
