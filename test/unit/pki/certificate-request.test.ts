import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { readCertificateRequest } from "../../../src/pki/certificate-request.ts";
import { describeKey } from "../../../src/pki/client-key.ts";
import { pemText } from "../../../src/pki/pem.ts";
import {
  derOf,
  encode,
  EXPECTED,
  makeRequest,
  P256,
  RSA,
  SUBJECT,
} from "../../doubles/certificate-requests.ts";
import { openssl } from "../../doubles/openssl.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const read = (encoded: string) => readCertificateRequest(encoded, EXPECTED);

async function accepted(encoded: string): Promise<string> {
  const result = await read(encoded);
  assert.equal(result.kind, "request", JSON.stringify(result));
  return describeKey((result as { publicKey: Parameters<typeof describeKey>[0] }).publicKey);
}

async function refusal(encoded: string): Promise<string> {
  const result = await read(encoded);
  assert.equal(result.kind, "refused");
  return "text" in result ? result.text : "";
}

const { request } = makeRequest();

test("certificate request - the keys that clients use are accepted", async () => {
  const rsa = (bits: number) => ["-algorithm", "RSA", "-pkeyopt", `rsa_keygen_bits:${bits}`];
  const curve = (name: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`];
  const keys: [readonly string[], string][] = [
    [rsa(2048), "RSA 2048"],
    [rsa(4096), "RSA 4096"],
    [curve("P-256"), "EC prime256v1"],
    [curve("P-384"), "EC secp384r1"],
    [curve("P-521"), "EC secp521r1"],
    [["-algorithm", "ED25519"], "ED25519"],
  ];
  for (const [key, name] of keys) {
    // eslint-disable-next-line no-await-in-loop -- one at a time is easier to read
    assert.equal(await accepted(encode(makeRequest({ key }).request)), name);
  }
});

test("certificate request - other keys are refused, even with a good signature", async () => {
  const keys = [
    ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
    ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2047"],
    ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"],
    ["-algorithm", "ED448"],
  ];
  for (const key of keys) {
    const encoded = encode(makeRequest({ key }).request);
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.equal(await refusal(encoded), "CSR: Invalid key provided.", key.join(" "));
  }
});

test("certificate request - a curve by its parameters, or a compressed point, is refused", async () => {
  const { key } = makeRequest();
  using directory = new TemporaryDirectory();
  for (const form of [
    ["-param_enc", "explicit"],
    ["-conv_form", "compressed"],
  ]) {
    const file = join(directory.path, "key.pem");
    execFileSync("openssl", ["ec", ...form, "-out", file], { input: key, stdio: "pipe" });
    const made = openssl("req", "-new", "-key", file, "-subj", SUBJECT);
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.equal(await refusal(encode(made)), "CSR: Invalid key provided.", form.join(" "));
  }
});

test("certificate request - labels, text before the block, line ends and attributes do not matter", async () => {
  const forms = [
    request.replaceAll("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
    request.replaceAll("CERTIFICATE REQUEST", "ANYTHING"),
    `Subject: CN=other\nwords\n${request}`,
    request.replaceAll("\n", "\r\n"),
    `${request}${request}`,
    `-----BEGIN BROKEN-----\n!\n${request}`,
    makeRequest({
      more: ["-addext", "subjectAltName=DNS:evil.example.com", "-addext", "basicConstraints=CA:TRUE"],
    }).request,
    makeRequest({ key: RSA, more: ["-sigopt", "rsa_padding_mode:pss", "-sha512"] }).request,
    makeRequest({ key: RSA, more: ["-sha384"] }).request,
  ];
  for (const form of forms) {
    // eslint-disable-next-line no-await-in-loop -- as above
    await accepted(encode(form));
  }
  await accepted(encode(request).replace(/.{60}/g, "$&\r\n"));
});

const NOT_BASE64 = "There was an error while parsing the base64 content. An incorrect value was provided.";
const NO_PEM = "Error while decoding pem block.";

test("certificate request - rows 2 to 4: what is no base64, no PEM, no PKCS #10", async () => {
  const table: [string, string | RegExp][] = [
    [encode(request).replace(/=*$/, "*"), NOT_BASE64],
    [`${encode(`${request} `).replace(/=+$/, "")}A`, NOT_BASE64],
    [` ${encode(request)}`, NOT_BASE64],
    ["-_-_", NOT_BASE64],
    ["", NO_PEM],
    [encode("hello"), NO_PEM],
    [encode(derOf(request)), NO_PEM],
    [encode(request.replace("-----END", "----END")), NO_PEM],
    [encode(pemText({ label: "CERTIFICATE REQUEST", der: Buffer.alloc(0) })), /^Error while parsing CSR: /],
    [encode(pemText({ label: "X", der: Buffer.from("hello") })), /^Error while parsing CSR: /],
    [
      encode(pemText({ label: "X", der: Buffer.concat([derOf(request), Buffer.of(5, 0)]) })),
      /^Error while parsing CSR: not exactly one DER sequence$/,
    ],
    [encode("A".repeat(50_000)), "Error while parsing CSR: it is larger than 64 KiB"],
  ];
  for (const [encoded, text] of table) {
    // eslint-disable-next-line no-await-in-loop -- as above
    const got = await refusal(encoded);
    if (typeof text === "string") assert.equal(got, text);
    else assert.match(got, text);
  }
});

test("certificate request - row 5: a signature that is wrong, or made with what is broken", async () => {
  const der = derOf(request);
  const forged = Buffer.from(der);
  forged[forged.indexOf("shop")] = "s".charCodeAt(0) ^ 1;
  assert.equal(
    await refusal(encode(pemText({ label: "CERTIFICATE REQUEST", der: forged }))),
    "CSR signature invalid: verification failure",
  );
  for (const [key, hash, name] of [
    [RSA, "-sha1", "SHA-1"],
    [P256, "-sha1", "SHA-1"],
    [RSA, "-md5", "MD5"],
  ] as const) {
    const made = makeRequest({ key, more: [hash] }).request;
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.equal(await refusal(encode(made)), `CSR signature invalid: insecure algorithm ${name}`);
  }
  // ecdsa-with-SHA256 in place of sha256WithRSAEncryption would be read as the other key's signature.
  const rsa = derOf(makeRequest({ key: RSA, more: ["-sha224"] }).request);
  assert.match(
    await refusal(encode(pemText({ label: "X", der: rsa }))),
    /^CSR signature invalid: the algorithm/,
  );
});

test("certificate request - rows 6 to 11: the subject, the common name first", async () => {
  const without = (attribute: string) => SUBJECT.replace(new RegExp(`/${attribute}=[^/]*`), "");
  const wrong = (attribute: string) => SUBJECT.replace(new RegExp(`/${attribute}=[^/]*`), `/${attribute}=XX`);
  const twice = (attribute: string) => `${SUBJECT}/${attribute}=XX`;
  const again = (attribute: string) => SUBJECT + (new RegExp(`/${attribute}=[^/]*`).exec(SUBJECT)?.[0] ?? "");
  const table: [string, string][] = [
    [without("CN"), "CSR: Invalid common name provided."],
    [wrong("CN"), "CSR: Invalid common name provided."],
    [SUBJECT.replace("CN=shop", "CN=Shop"), "CSR: Invalid common name provided."],
    [twice("CN"), "CSR: Invalid common name provided."],
    ["/CN=shop", "CSR: No country provided."],
    ["/CN=other", "CSR: Invalid common name provided."],
  ];
  const words = { C: "country", O: "organization", OU: "organizational unit", L: "locality", ST: "province" };
  for (const [attribute, name] of Object.entries(words)) {
    table.push(
      [without(attribute), `CSR: No ${name} provided.`],
      [wrong(attribute), `CSR: Invalid ${name} provided.`],
      [twice(attribute), `CSR: Invalid ${name} provided.`],
      [again(attribute), `CSR: Invalid ${name} provided.`],
    );
  }
  for (const [subject, text] of table) {
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.equal(await refusal(encode(makeRequest({ subject }).request)), text, subject);
  }
});

test("certificate request - a subject in another order, or in one relative name, is the same", async () => {
  await accepted(
    encode(makeRequest({ subject: "/CN=shop/C=DE/ST=Waldorf/L=Waldorf/OU=OrgUnit/O=Organization" }).request),
  );
  const one = "/C=DE+CN=shop+L=Waldorf/O=Organization+OU=OrgUnit+ST=Waldorf";
  await accepted(encode(makeRequest({ subject: one, more: ["-multivalue-rdn"] }).request));
  await accepted(encode(makeRequest({ subject: `${SUBJECT}/emailAddress=a@example.com/street=x` }).request));
});

test("certificate request - every attribute that differs is explained", async () => {
  const made = makeRequest({ subject: "/O=Organization/O=Other/OU=OrgUnit/ST=wälder/C=DE/CN=shop" });
  assert.deepEqual(await read(encode(made.request)), {
    kind: "refused",
    text: "CSR: Invalid organization provided.",
    details: [
      { attribute: "O", expected: "Organization", got: ["Organization", "Other"] },
      { attribute: "L", expected: "Waldorf", got: [] },
      { attribute: "ST", expected: "Waldorf", got: ["wälder"] },
    ],
  });
});

test("certificate request - mutated and truncated requests are refused or read, and never throw", async () => {
  const ders = [
    request,
    makeRequest({ key: RSA }).request,
    makeRequest({ key: ["-algorithm", "ED25519"] }).request,
  ].map(derOf);
  const mutation = fc.record({
    der: fc.constantFrom(...ders),
    changes: fc.array(fc.tuple(fc.double({ min: 0, max: 0.9999, noNaN: true }), fc.nat(255)), {
      maxLength: 4,
    }),
    keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    // The outer length is made right again, so that the parser gets to see what is inside.
    repaired: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ der, changes, keep, repaired }) => {
      const bytes = Buffer.from(der.subarray(0, Math.ceil(der.length * keep)));
      for (const [place, value] of changes) bytes[Math.floor(place * bytes.length)] = value;
      if (repaired && bytes.length > 4 && bytes[1] === 0x82) bytes.writeUInt16BE(bytes.length - 4, 2);
      const result = await read(encode(pemText({ label: "X", der: bytes })));
      // Accepted is only what was signed: the bytes that carry the key are still there.
      if (result.kind === "request") {
        assert.ok(der.includes(result.publicKey.export({ format: "der", type: "spki" })));
      }
      if (result.kind === "refused") assert.match(result.text, /^(CSR|Error while)/);
    }),
    { numRuns: 1500 },
  );
});

test("certificate request - any text at all is answered", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.uint8Array().map(encode)),
      async (text) => {
        assert.equal((await read(text)).kind, "refused");
      },
    ),
    { numRuns: 500 },
  );
});

/** `depth` sequences in each other, all with the right lengths. */
function nested(depth: number): Buffer {
  let der = Buffer.of(5, 0);
  for (let level = 0; level < depth; level++) {
    const length =
      der.length < 0x80 ? Buffer.of(der.length) : Buffer.of(0x82, der.length >> 8, der.length & 0xff);
    der = Buffer.concat([Buffer.of(0x30), length, der]);
  }
  return der;
}

test("certificate request - bombs of PEM and of DER are refused", async () => {
  const bombs = [
    "-----BEGIN X-----\n".repeat(2500),
    `-----BEGIN ${"-".repeat(45_000)}`,
    `-----BEGIN ${"----- ".repeat(7000)}x`,
    "-----BEGIN X-----\n-----END X-----\n".repeat(1200),
    `-----BEGIN X-----\n${"a: b\n".repeat(9000)}-----END X-----\n`,
    pemText({ label: "X", der: nested(9000) }),
    pemText({ label: "X", der: Buffer.from(`3082${"80".repeat(15_000)}`, "hex") }),
    pemText({
      label: "X",
      der: Buffer.concat([Buffer.from("30826000", "hex"), Buffer.alloc(0x6000, Buffer.of(5, 0))]),
    }),
    pemText({ label: "X", der: Buffer.from("3084ffffffff", "hex") }),
    pemText({ label: "X", der: Buffer.from(`3080${"2480".repeat(10_000)}`, "hex") }),
  ];
  for (const bomb of bombs) {
    const encoded = encode(bomb);
    assert.ok(encoded.length <= 64 * 1024, `${encoded.length}`);
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.match(await refusal(encoded), /^Error while (parsing CSR|decoding pem)/);
  }
});
