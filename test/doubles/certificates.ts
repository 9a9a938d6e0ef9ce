import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

/** PEM, as a Secret holds it. */
export interface KeyPair {
  readonly crt: string;
  readonly key: string;
}

export interface WantedCertificate {
  /** `CN=shop,O=…`, or relative names in the order of the DER. */
  readonly subject: x509.JsonNameParams | string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Object identifiers of the extended key usage; none: the extension is missing. */
  readonly usages?: readonly string[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 3_600_000;

/** A certificate authority of its own for one test. */
export class TestAuthority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: x509.X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: x509.X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  static async create(commonName = "Test CA"): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      serialNumber: serialNumber(),
      name: `CN=${commonName}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new TestAuthority(keys, certificate);
  }

  /** PEM of the authority itself. */
  get crt(): string {
    return `${this.#certificate.toString("pem")}\n`;
  }

  /** For a server on this machine that further names may stand for. */
  server(...names: string[]): Promise<KeyPair> {
    return this.#serve(names);
  }

  /** The same, and it ends then. */
  serverUntil(notAfter: Date): Promise<KeyPair> {
    return this.#serve([], { notAfter });
  }

  client(commonName: string): Promise<KeyPair> {
    return this.certificate({ subject: `CN=${commonName}` });
  }

  /** A leaf of any kind; by default one for a client, valid now. */
  certificate(wanted: WantedCertificate): Promise<KeyPair> {
    const { usages = [x509.ExtendedKeyUsage.clientAuth] } = wanted;
    const extensions = usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usages])];
    return this.#issue(wanted.subject, extensions, wanted);
  }

  #serve(names: readonly string[], dates?: Pick<WantedCertificate, "notAfter">): Promise<KeyPair> {
    const extensions = [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...["localhost", ...names].map((value) => ({ type: "dns" as const, value })),
        { type: "ip", value: "127.0.0.1" },
      ]),
    ];
    return this.#issue("CN=localhost", extensions, dates);
  }

  async #issue(
    subject: x509.JsonNameParams | string,
    extensions: x509.Extension[],
    dates: Pick<WantedCertificate, "notBefore" | "notAfter"> = {},
  ): Promise<KeyPair> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      ...dates,
      serialNumber: serialNumber(),
      subject: typeof subject === "string" ? subject : new x509.Name(subject),
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
    const der = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      crt: `${certificate.toString("pem")}\n`,
      key: `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`,
    };
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
}

function serialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)).map((byte) => byte & 0x7f)).toString("hex");
}
