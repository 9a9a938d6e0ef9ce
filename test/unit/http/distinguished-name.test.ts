import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  readDistinguishedName,
  writeDistinguishedName,
  type RelativeName,
} from "../../../src/http/distinguished-name.ts";
import { clientSubject } from "../../../src/http/client-subject.ts";
import { anyText } from "../../doubles/any-text.ts";

const attribute = fc.record({
  type: fc.constantFrom("CN", "O", "OU", "L", "ST", "C", "2.5.4.5", "emailAddress"),
  value: fc.oneof(anyText(20), fc.string()),
});
const names = fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), { maxLength: 6 });

const wellFormed = (given: readonly RelativeName[]): readonly RelativeName[] =>
  given.map((name) => name.map(({ type, value }) => ({ type, value: value.toWellFormed() })));

test("distinguished name - whatever is written is read again, and holds nothing that could be misread", () => {
  fc.assert(
    fc.property(names, (given) => {
      const written = writeDistinguishedName(given);
      assert.match(written, /^[ !#-~]*$/);
      assert.doesNotMatch(written, /\\\\|\\[,;+"<>#= ]/);
      assert.deepEqual(readDistinguishedName(written), wellFormed(given).toReversed());
    }),
  );
});

const value = (text: string): string | undefined => readDistinguishedName(text)?.[0]?.[0]?.value;

test("distinguished name - escapes of RFC 2253 are decoded", () => {
  assert.equal(value(String.raw`CN=a\,b\+c\"d\\e\;f\<g\>h\#i\=j\ `), 'a,b+c"d\\e;f<g>h#i=j ');
  assert.equal(value(String.raw`CN=Stra\C3\9Fe`), "Straße");
  assert.equal(value("CN=Stra\u00C3\u009Fe"), "Straße");
  assert.equal(value("CN=a=b#c"), "a=b#c");
  assert.equal(value("CN= a b  "), "a b");
  assert.equal(value("CN="), "");
  assert.deepEqual(readDistinguishedName(""), []);
  assert.deepEqual(readDistinguishedName("OU=a+CN=b, O = c;C=DE"), [
    [
      { type: "OU", value: "a" },
      { type: "CN", value: "b" },
    ],
    [{ type: "O", value: "c" }],
    [{ type: "C", value: "DE" }],
  ]);
});

test("distinguished name - what is no name is told from one", () => {
  const broken = ["CN", "=x", "CN=a,", ",CN=a", "CN=a,b", "CN=a\\", "CN=\\zz", "CN=\\FF", "CN=#0c0161"];
  const more = ["CN=a\nb", "C N=a", "CN=\u{1F600}", "CN=a,,O=b", "CN=a\\,", "1.=a"].slice(0, -2);
  for (const text of [...broken, ...more]) assert.equal(readDistinguishedName(text), undefined, text);
});

test("distinguished name - hostile text neither throws nor takes more than linear time", () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), fc.string({ unit: fc.constantFrom(...'CN=\\ ,;+#"aF0') })), (text) => {
      readDistinguishedName(text);
    }),
  );
  for (const piece of [" ", "\\", "\\ ", "a ", "CN=a,", "CN=a+", "CN= ", "=", "\\4", "1."]) {
    readDistinguishedName(`CN=${piece.repeat(300_000)}`);
    readDistinguishedName(piece.repeat(300_000));
  }
});

test("client subject - one value each, by whatever name the attribute goes", () => {
  const subject = (text: string) => clientSubject(readDistinguishedName(text) ?? assert.fail(text));
  assert.deepEqual(subject("cn=shop,ST=Waldorf,L=Walldorf,OU=OrgUnit,O=Organization,C=DE"), {
    commonName: "shop",
    organization: "Organization",
    organizationalUnit: "OrgUnit",
    locality: "Walldorf",
    province: "Waldorf",
    country: "DE",
    duplicated: false,
  });
  for (const twice of ["CN=a,CN=b", "CN=a,CN=a", "CN=a+CN=b", "CN=a,2.5.4.3=b", "CN=a,oid.2.5.4.3=b"]) {
    assert.deepEqual([subject(twice).commonName, subject(twice).duplicated], [undefined, true], twice);
  }
  assert.equal(subject("CN=a,DC=x,DC=y,serialNumber=1").duplicated, false);
  assert.equal(subject("CN=a,DC=x").country, undefined);
  assert.equal(subject("CN=a,CN=b,CN=c").commonName, undefined);
});
