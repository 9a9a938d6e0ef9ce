import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ClientCertificateOrder } from "../../../src/pki/client-certificate-order.ts";
import { ClientSigner } from "../../../src/pki/client-signer.ts";
import { makeRequest, P256, RSA, EXPECTED } from "../../doubles/certificate-requests.ts";
import {
  type AuthoritySpecification,
  makeAuthority,
  type MadeAuthority,
} from "../../doubles/client-authorities.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const DAY = 86_400_000;

function order(change: Partial<ClientCertificateOrder> = {}): ClientCertificateOrder {
  return {
    publicKey: createPublicKey(makeRequest().key),
    subject: EXPECTED.fields,
    commonName: "shop",
    validity: 90 * DAY,
    now: Date.now(),
    ...change,
  };
}

function signerOf({ certificate, key }: MadeAuthority): Promise<ClientSigner> {
  return ClientSigner.create(certificate, createPrivateKey(key));
}

async function issued(specification: AuthoritySpecification, change: Partial<ClientCertificateOrder> = {}) {
  const authority = makeAuthority(specification);
  const signer = await signerOf(authority);
  return { authority, signer, ...(await signer.sign(order(change))) };
}

/** Strictly, as a client certificate. */
function verify(authority: string, certificate: string, ...more: string[]): string {
  using directory = new TemporaryDirectory();
  const file = (name: string, content: string) => {
    writeFileSync(join(directory.path, name), content);
    return join(directory.path, name);
  };
  const files = ["-CAfile", file("ca", authority), ...more, file("leaf", certificate)];
  return openssl("verify", "-x509_strict", "-purpose", "sslclient", "-partial_chain", ...files);
}

function text(certificate: string, ...what: string[]): string {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "leaf");
  writeFileSync(file, certificate);
  return openssl("x509", "-noout", "-in", file, ...what);
}

const curve = (name: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`];

test("client signer - openssl verifies every kind of client key under every kind of authority", async () => {
  const authorities: [readonly string[], string][] = [
    [RSA, "sha256WithRSAEncryption"],
    [P256, "ecdsa-with-SHA256"],
    [curve("P-384"), "ecdsa-with-SHA384"],
    [curve("P-521"), "ecdsa-with-SHA512"],
  ];
  const clients = [RSA, P256, curve("P-384"), curve("P-521"), ["-algorithm", "ED25519"]];
  const keys = clients.map((key) => createPublicKey(makeRequest({ key }).key));
  for (const [key, algorithm] of authorities) {
    const authority = makeAuthority({ key });
    // eslint-disable-next-line no-await-in-loop -- each has its own
    const signer = await signerOf(authority);
    for (const publicKey of keys) {
      // eslint-disable-next-line no-await-in-loop -- as above
      const { certificate } = await signer.sign(order({ publicKey }));
      assert.match(verify(authority.certificate, certificate), /: OK/);
      assert.ok(new X509Certificate(certificate).publicKey.equals(publicKey));
      assert.match(text(certificate, "-text"), new RegExp(`Signature Algorithm: ${algorithm}`));
    }
  }
});

test("client signer - the certificate has the profile, no extension more", async () => {
  const { certificate, hash, serial, authority } = await issued({ key: RSA });
  const shown = text(certificate, "-text", "-nameopt", "RFC2253,show_type,-dn_rev");
  assert.match(shown, /Version: 3 /);
  assert.match(
    shown,
    /Subject: C=PRINTABLESTRING:DE,O=PRINTABLESTRING:Organization,OU=PRINTABLESTRING:OrgUnit,L=PRINTABLESTRING:Waldorf,ST=PRINTABLESTRING:Waldorf,CN=PRINTABLESTRING:shop\n/,
  );
  assert.match(shown, /X509v3 Key Usage: critical\n +Digital Signature\n/);
  assert.match(shown, /X509v3 Extended Key Usage: \n +TLS Web Client Authentication\n/);
  assert.match(shown, /X509v3 Basic Constraints: critical\n +CA:FALSE\n/);
  const names = Array.from(shown.matchAll(/X509v3 ([A-Z][\w ]+):/g), ([, name]) => name);
  assert.deepEqual(names.toSorted(), [
    "Authority Key Identifier",
    "Basic Constraints",
    "Extended Key Usage",
    "Key Usage",
    "Subject Key Identifier",
  ]);
  const subjectKey = /Subject Key Identifier: \n +([0-9A-F:]+)/.exec(
    text(authority.certificate, "-text"),
  )?.[1];
  assert.equal(/Authority Key Identifier: \n +([0-9A-F:]+)/.exec(shown)?.[1], subjectKey);
  const parsed = new X509Certificate(certificate);
  assert.equal(hash, createHash("sha256").update(parsed.raw).digest("hex"));
  assert.equal(parsed.serialNumber.toLowerCase(), serial);
  assert.match(
    certificate,
    /^-----BEGIN CERTIFICATE-----\n(?:.{64}\n)*.{1,64}\n-----END CERTIFICATE-----\n$/,
  );
});

test("client signer - values that are not printable strings are UTF-8, and nothing in them is syntax", async () => {
  const values = {
    ...EXPECTED.fields,
    organization: "Söhne & Co",
    organizationalUnit: '"#41"',
    locality: "#4142",
  };
  const { certificate } = await issued({ key: P256 }, { subject: values, commonName: "*Runtime*" });
  const { subject } = new X509Certificate(certificate).toLegacyObject() as unknown as { subject: object };
  assert.deepEqual(
    { ...subject },
    {
      C: "DE",
      O: "Söhne & Co",
      OU: '"#41"',
      L: "#4142",
      ST: "Waldorf",
      CN: "*Runtime*",
    },
  );
  const shown = text(certificate, "-subject", "-nameopt", "RFC2253,show_type");
  assert.match(shown, /CN=UTF8STRING:\*Runtime\*/);
  assert.match(shown, /ST=PRINTABLESTRING:Waldorf/);
});

test("client signer - the issuer's name is repeated byte by byte, whatever its string types", async () => {
  const subject = "/C=DE/DC=example/O=Sühne \\+ Co/OU=a+CN=Kyma/emailAddress=a@example.com/serialNumber=7";
  for (const mask of ["utf8only", "pkix", "default", "nombstr"]) {
    const more = ["-multivalue-rdn", "-set_serial", "2"];
    // eslint-disable-next-line no-await-in-loop -- each has its own
    const { certificate, authority } = await issued({ key: P256, subject, more, stringMask: mask });
    const name = nameOf(new X509Certificate(authority.certificate).raw, 1);
    assert.equal(nameOf(new X509Certificate(certificate).raw, 0), name, mask);
    assert.match(verify(authority.certificate, certificate), /: OK/);
  }
});

/** Hex of the issuer (0) or the subject (1), cut out of the DER by `openssl asn1parse`. */
function nameOf(der: Buffer, which: 0 | 1): string {
  using directory = new TemporaryDirectory();
  const file = join(directory.path, "certificate");
  writeFileSync(file, der);
  const lines = openssl("asn1parse", "-inform", "DER", "-in", file).split("\n");
  // Of TBSCertificate: version, serial, algorithm, issuer, validity, subject.
  const elements = lines.filter((line) => /^ *\d+:d=2 /.test(line));
  const [, offset = "", header = "", length = ""] =
    /^ *(\d+):d=2 +hl=(\d+) l= *(\d+)/.exec(elements[which * 2 + 3] ?? "") ?? [];
  return der.subarray(Number(offset), Number(offset) + Number(header) + Number(length)).toString("hex");
}

test("client signer - validity is exact, begins a minute early and ends with the authority at the latest", async () => {
  const now = Date.now();
  const authority = makeAuthority({ key: P256, days: 30 });
  const signer = await signerOf(authority);
  const end = new X509Certificate(authority.certificate).validToDate.getTime();
  for (const validity of [60_000, 3_600_000, 29 * DAY]) {
    // eslint-disable-next-line no-await-in-loop -- one signer
    const made = await signer.sign(order({ now, validity }));
    assert.equal(made.notAfter - made.notBefore, validity);
    assert.ok(now - made.notBefore >= 60_000 && now - made.notBefore < 61_000);
    const parsed = new X509Certificate(made.certificate);
    assert.equal(parsed.validFromDate.getTime(), made.notBefore);
    assert.equal(parsed.validToDate.getTime(), made.notAfter);
  }
  const long = await signer.sign(order({ now, validity: 365 * DAY }));
  assert.equal(long.notAfter, end);
  assert.equal(new X509Certificate(long.certificate).validToDate.getTime(), end);
  await assert.rejects(signer.sign(order({ now: end })), { code: "PKI_AUTHORITY_ENDED" });
});

test("client signer - dates from 2050 on are written so that others read them", async () => {
  const { certificate } = await issued({ key: P256, days: 20_000 }, { validity: 12_000 * DAY });
  assert.match(text(certificate, "-enddate"), /20[56]\d GMT/);
  assert.match(text(certificate, "-text"), /CA:FALSE/);
});

test("client signer - a URI can stand as alternative name", async () => {
  const { certificate, authority } = await issued({ key: P256 }, { uriName: "urn:app:shop" });
  assert.match(text(certificate, "-ext", "subjectAltName"), /URI:urn:app:shop/);
  assert.match(verify(authority.certificate, certificate), /: OK/);
});

test("client signer - serials are positive, at most 20 octets, and never the same", async () => {
  const signer = await signerOf(makeAuthority({ key: P256 }));
  const one = order();
  const made = await Promise.all(Array.from({ length: 50 }, () => signer.sign(one)));
  const serials = made.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
  assert.equal(new Set(serials).size, 50);
  for (const serial of serials) assert.match(serial, /^[0-7][0-9A-F]{15,39}$|^[1-9A-F][0-9A-F]{15,38}$/);
});

test("client signer - an authority without a key identifier, as the original made it, still signs", async () => {
  const extensions = [
    "subjectKeyIdentifier=none",
    "basicConstraints=critical,CA:true",
    "keyUsage=critical,keyEncipherment,digitalSignature,keyCertSign",
  ];
  const { certificate, authority } = await issued({ key: RSA, extensions });
  assert.match(verifyLoosely(authority.certificate, certificate), /: OK/);
});

/** Not strictly: the original's authority has not what RFC 5280 wants. */
function verifyLoosely(authority: string, certificate: string): string {
  using directory = new TemporaryDirectory();
  writeFileSync(join(directory.path, "ca"), authority);
  writeFileSync(join(directory.path, "leaf"), certificate);
  return openssl("verify", "-CAfile", join(directory.path, "ca"), join(directory.path, "leaf"));
}

test("client signer - a key that no authority has is refused", async () => {
  const refused = async (specification: AuthoritySpecification) =>
    assert.rejects(signerOf(makeAuthority(specification)), { code: "PKI_AUTHORITY_UNUSABLE" });
  await refused({ key: ["-algorithm", "ED25519"] });
  await refused({ key: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] });
});

/** The list as `openssl crl` reads it, after it was verified against the authority. */
function shownList(authority: string, list: Buffer): string {
  using directory = new TemporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  writeFileSync(at("list"), list);
  writeFileSync(at("ca"), authority);
  const shown = openssl("crl", "-inform", "DER", "-in", at("list"), "-noout", "-text");
  openssl("crl", "-inform", "DER", "-in", at("list"), "-noout", "-verify", "-CAfile", at("ca"));
  return shown;
}

test("client signer - the list of the revoked is one that openssl verifies and refuses certificates by", async () => {
  for (const key of [RSA, P256, curve("P-521")]) {
    const authority = makeAuthority({ key, subject: "/O=Süd/CN=Kyma" });
    // eslint-disable-next-line no-await-in-loop -- each has its own
    const signer = await signerOf(authority);
    // eslint-disable-next-line no-await-in-loop -- as above
    const [bad, good] = await Promise.all([signer.sign(order()), signer.sign(order())]);
    const now = Date.now();
    const entries = [{ serial: bad.serial, revokedAt: now }];
    // eslint-disable-next-line no-await-in-loop -- as above
    const list = await signer.revocationList({ entries, now, number: 255n });
    const shown = shownList(authority.certificate, list);
    assert.match(shown, /Version 2/);
    assert.match(shown, new RegExp(`Serial Number: ${bad.serial.toUpperCase()}`));
    assert.match(shown, /X509v3 CRL Number: \n +255\n/);
    assert.match(shown, /X509v3 Authority Key Identifier/);
    const next = /Next Update: (.*)/.exec(shown)?.[1] ?? "";
    assert.equal(Date.parse(next), Math.floor(now / 1000) * 1000 + DAY);
    const pem = `-----BEGIN X509 CRL-----\n${list.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END X509 CRL-----\n`;
    const trust = authority.certificate + pem;
    assert.match(verify(trust, good.certificate, "-crl_check"), /: OK/);
    assert.throws(() => verify(trust, bad.certificate, "-crl_check"), /certificate revoked/);
  }
});

test("client signer - a list may be empty, and long", async () => {
  const authority = makeAuthority({ key: P256 });
  const signer = await signerOf(authority);
  const now = Date.now();
  const empty = await signer.revocationList({ entries: [], now, number: 1n });
  assert.match(shownList(authority.certificate, empty), /No Revoked Certificates/);
  const entries = Array.from({ length: 100_000 }, (_, index) => ({
    serial: (0x80_0000_0000 + index).toString(16),
    revokedAt: now - index,
  }));
  const long = await signer.revocationList({ entries, now: Date.UTC(2051, 0), number: 2n ** 64n });
  const shown = shownList(authority.certificate, long);
  assert.equal(shown.match(/Serial Number: /g)?.length, 100_000);
  assert.match(shown, /Next Update: Jan +2 00:00:00 2051/);
});
