import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readDistinguishedName, writeDistinguishedName } from "../../../src/http/distinguished-name.ts";
import {
  formatForwardedClientCertificate,
  identityFromHeader,
  parseForwardedClientCertificate,
} from "../../../src/http/forwarded-client-certificate.ts";
import { anyText } from "../../doubles/any-text.ts";

const HASH = "ab".repeat(32);
const SUBJECT = "CN=shop,ST=Waldorf,L=Waldorf,OU=OrgUnit,O=Organization,C=DE";
const SIDECAR = `By=spiffe://cluster.local/ns/kyma-system/sa/default;Hash=${"cd".repeat(32)};Subject="";URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account`;

const named = (...lines: string[]) => {
  const result = identityFromHeader(lines);
  return result.kind === "identity" ? result.identity : assert.fail(JSON.stringify(result));
};
const kind = (...lines: string[]) => identityFromHeader(lines).kind;

test("forwarded certificate - behind a gateway and a sidecar the client is the element with a subject", () => {
  for (const value of [
    `Hash=${HASH};Subject="${SUBJECT}";URI=,${SIDECAR}`,
    `hash=${HASH} ; SUBJECT="${SUBJECT}" ; uri= , ${SIDECAR}`,
    `Hash=${HASH.toUpperCase()};Subject="${SUBJECT}";URI=;${SIDECAR}`,
    `Subject="${SUBJECT}";Hash=${HASH};URI=a;URI=b;DNS=c;DNS=d;${SIDECAR}`,
  ]) {
    const { subject, hash, notAfter } = named(value);
    assert.equal(subject.commonName, "shop", value);
    assert.equal(subject.organization, "Organization");
    assert.equal(hash, HASH);
    assert.equal(notAfter, undefined);
  }
});

test("forwarded certificate - what a client brought itself stands further left and does not count", () => {
  const own = `Hash=${"0".repeat(64)};Subject="CN=victim"`;
  assert.equal(named(`${own},Hash=${HASH};Subject="${SUBJECT}"`).subject.commonName, "shop");
  assert.equal(named(`${own};Hash=${HASH};Subject="${SUBJECT}"`).hash, HASH);
  assert.equal(named(own, `Hash=${HASH};Subject="${SUBJECT}"`).subject.commonName, "shop");
});

test("forwarded certificate - headers of the original's tests are accepted", () => {
  assert.equal(named('Subject="CN=x"').subject.commonName, "x");
  assert.equal(named('Subject="CN=x"').hash, undefined);
  assert.equal(
    named('Hash=hash1;Subject="O=client organization,CN=x"').subject.organization,
    "client organization",
  );
  assert.equal(named('Hash=hash1;Subject="CN=x"').hash, undefined);
  const glued = `Hash=f4cf22fb633d4df500e371daf703d4b4d14a0ea9d69cd631f95f9e6ba840f8ad;Subject="CN=a,OU=b";URI=,By=spiffe://x;Hash=6d1f9f3a6ac94ff925841aeb9c15bb3323014e3da2c224ea7697698acf413226;Subject="";URI=spiffe://y`;
  assert.equal(named(glued).subject.commonName, "a");
});

test("forwarded certificate - an escaped comma, quote or equals sign ends no value", () => {
  const { subject } = named(String.raw`Subject="O=a\,CN=evil\;Subject=\"CN=evil\",CN=x"`);
  assert.equal(subject.organization, 'a,CN=evil;Subject="CN=evil"');
  assert.equal(subject.commonName, "x");
  assert.equal(named(String.raw`Subject="O=a\\,CN=x";Hash=h`).subject.organization, "a\\");
});

test("forwarded certificate - a repeated attribute leaves that attribute without a value", () => {
  const { subject } = named('Subject="CN=a,CN=b,O=c"');
  assert.deepEqual([subject.commonName, subject.organization, subject.duplicated], [undefined, "c", true]);
});

test("forwarded certificate - empty, without subject and malformed are told apart", () => {
  assert.equal(kind(), "empty");
  assert.equal(kind("", " "), "empty");
  assert.equal(kind("", " , "), "no-subject");
  assert.equal(kind(`Hash=${HASH}`), "no-subject");
  assert.equal(kind(SIDECAR), "no-subject");
  const malformed = [
    "foo",
    "Subject=CN=x",
    'Subject="CN=x',
    'Subject="CN=x"y',
    'Subject="CN=x"";Hash=a',
    "=x",
  ];
  const unnamed = [
    'Subject="CN"',
    'Subject="x=1,shop"',
    'Subject="CN=\\zz"',
    'Subject="CN=#0c01"',
    'a b="c"',
  ];
  for (const value of [...malformed, ...unnamed]) assert.equal(kind(value), "malformed", value);
});

test("forwarded certificate - a reason quotes nothing of the header", () => {
  for (const value of ["secret", "Subject=secret", 'Subject="secret"']) {
    assert.doesNotMatch(JSON.stringify(identityFromHeader([value])), /secret/);
  }
});

test("forwarded certificate - every name goes through the header and back", () => {
  const name = fc.record({ type: fc.constantFrom("CN", "O", "2.5.4.5"), value: anyText(20) });
  fc.assert(
    fc.property(fc.array(fc.tuple(name), { minLength: 1, maxLength: 5 }), (names) => {
      const subject = writeDistinguishedName(names);
      const value = formatForwardedClientCertificate({ hash: HASH, subject });
      assert.deepEqual(parseForwardedClientCertificate(value), [{ hash: HASH, subject, uri: "" }]);
    }),
  );
});

test("forwarded certificate - whatever text is given, the header has one element, one line and no loose quote", () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), fc.string({ unit: fc.constantFrom(...'CN=\\",;a\n') })), (subject) => {
      const value = formatForwardedClientCertificate({ hash: HASH, subject });
      assert.match(value, /^[ -~]*$/);
      assert.equal(value.split('"').length, 3);
      const elements = parseForwardedClientCertificate(value);
      assert.ok(!("malformed" in elements), value);
      assert.equal(elements.length, 1);
    }),
  );
});

test("forwarded certificate - a name with any escapes means the same after the header as before", () => {
  const piece = fc.constantFrom(
    "a",
    "\\,",
    '\\"',
    "\\\\",
    "\\2C",
    "\\22",
    "\\C3\\A4",
    " b",
    "\\ ",
    "=",
    "\\;",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const subject = `CN=a${pieces.join("")},O=b`;
      const names = readDistinguishedName(subject);
      const [element] = parseForwardedClientCertificate(
        formatForwardedClientCertificate({ hash: HASH, subject }),
      ) as readonly { subject: string }[];
      assert.ok(names);
      assert.deepEqual(readDistinguishedName(element?.subject ?? ""), names);
    }),
  );
});

test("forwarded certificate - hostile headers neither throw nor take more than linear time", () => {
  const unit = fc.constantFrom(
    "Subject=",
    '"',
    "\\",
    ",",
    ";",
    "CN=",
    "a",
    " ",
    "Hash=",
    "By=",
    "\n",
    "\u{1F600}",
  );
  fc.assert(fc.property(fc.array(unit), (units) => void identityFromHeader([units.join("")])));
  fc.assert(fc.property(fc.array(anyText()), (lines) => void identityFromHeader(lines)));
  for (const piece of [
    ",",
    ";",
    " ",
    '"',
    "\\",
    '\\"',
    "Hash=a;",
    'Subject="";',
    'Subject="',
    "a",
    "=",
    "By=,",
  ]) {
    identityFromHeader([piece.repeat(200_000)]);
    identityFromHeader([`Subject="${piece.repeat(200_000)}`]);
    identityFromHeader([`Subject="CN=${piece.repeat(200_000)}"`]);
  }
});
