import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate, webcrypto } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import "reflect-metadata";
import { Name, X509CertificateGenerator, type JsonNameParams } from "@peculiar/x509";
import { clientSubject } from "../../../src/http/client-subject.ts";
import { readDistinguishedName, writeDistinguishedName } from "../../../src/http/distinguished-name.ts";
import { readCertificateName } from "../../../src/pki/certificate-name.ts";

const keys = await webcrypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);

async function named(names: JsonNameParams): Promise<X509Certificate> {
  const name = new Name(names);
  const made = await X509CertificateGenerator.createSelfSigned({ name, keys, serialNumber: "01" });
  return new X509Certificate(Buffer.from(made.rawData));
}

/** What the `openssl` program prints, which header readers of other products were written against. */
function printed(certificate: X509Certificate): string {
  const line = execFileSync("openssl", ["x509", "-noout", "-subject", "-nameopt", "RFC2253"], {
    input: certificate.toString(),
    encoding: "utf8",
  });
  return line.replace(/^subject=/, "").replace(/\n$/, "");
}

test("certificate name - attributes come in the order of the DER, several in one relative name together", async () => {
  const certificate = await named([
    { C: ["DE"] },
    { O: ["Acme, Inc. + Söhne"], OU: ["a=b"] },
    { "2.5.4.5": ["12"] },
    { CN: [{ bmpString: "shöp" }] },
  ]);
  assert.deepEqual(readCertificateName(certificate), [
    [{ type: "C", value: "DE" }],
    [
      { type: "O", value: "Acme, Inc. + Söhne" },
      { type: "OU", value: "a=b" },
    ],
    [{ type: "serialNumber", value: "12" }],
    [{ type: "CN", value: "shöp" }],
  ]);
});

test("certificate name - an attribute that is there twice counts for nobody, wherever it stands", async () => {
  for (const name of [
    [{ CN: ["shop"] }, { O: ["x"] }, { CN: ["other"] }],
    [{ CN: ["shop", "other"] }, { O: ["x"] }],
  ]) {
    // eslint-disable-next-line no-await-in-loop -- two
    const subject = clientSubject(readCertificateName(await named(name)));
    assert.equal(subject.commonName, undefined);
    assert.equal(subject.duplicated, true);
    assert.equal(subject.organization, "x");
  }
});

test("certificate name - an empty subject names nobody", async () => {
  assert.deepEqual(readCertificateName(await named([])), []);
});

const TYPES = ["CN", "O", "OU", "L", "ST", "C", "E", "2.5.4.5", "0.9.2342.19200300.100.1.1"];
const HOSTILE = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...'\\"+,;<>=# \n\r\0\u007f\u0085\u2028',
      "\\0A",
      " + ",
      "CN=",
      "\nCN=admin",
      " + CN=admin",
    ),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 12,
});

test("certificate name - hostile values are read as they are, and their text means what openssl prints", async () => {
  const relative = fc.array(fc.tuple(fc.constantFrom(...TYPES), HOSTILE), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(relative, { minLength: 1, maxLength: 4 }), async (names) => {
      const certificate = await named(
        names.map((attributes) => {
          const json: Record<string, { utf8String: string }[]> = {};
          for (const [type, value] of attributes) (json[type] ??= []).push({ utf8String: value });
          return json;
        }),
      );
      const read = readCertificateName(certificate);
      const values = (list: readonly (readonly { value: string }[])[]) =>
        list.map((attributes) => attributes.map(({ value }) => value).toSorted());
      // DER sorts the attributes of one relative name.
      assert.deepEqual(values(read), values(names.map((all) => all.map(([, value]) => ({ value })))));
      const text = writeDistinguishedName(read);
      assert.match(text, /^[ -~]*$/);
      // OpenSSL forgets to escape a value of this one character alone.
      if (names.flat().some(([, value]) => value === "#")) return;
      const sorted = (from: string) => values(readDistinguishedName(from) ?? []);
      assert.deepEqual(sorted(text), sorted(printed(certificate)));
    }),
    { numRuns: 40 },
  );
});
