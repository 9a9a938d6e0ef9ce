import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSubjectFields, subjectText } from "../../../src/pki/subject-fields.ts";

const FIELDS = {
  country: "DE",
  organization: "Organization",
  organizationalUnit: "OrgUnit",
  locality: "Waldorf",
  province: "Waldorf",
};

test("subject fields - the text has the order that clients split, without spaces or escapes", () => {
  assert.equal(subjectText(FIELDS, "shop"), "O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop");
  assert.equal(
    subjectText({ ...FIELDS, organization: "R+D <Nord>" }, "*Runtime*"),
    "O=R+D <Nord>,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=*Runtime*",
  );
});

test("subject fields - what clients can split and OpenSSL can hold is accepted", () => {
  assert.equal(checkSubjectFields(FIELDS), undefined);
  assert.equal(
    checkSubjectFields({
      ...FIELDS,
      organization: "ä".repeat(64),
      locality: "😀".repeat(128),
      province: "R+D <Nord>; Süd/West",
    }),
    undefined,
  );
});

test("subject fields - what could not be split, or not be put into a request, is refused with the reason", () => {
  const refused = [
    [{ organization: "Acme, Inc." }, 'the organization of the subject must not contain ","'],
    [{ organizationalUnit: "a=b" }, 'the organizational unit of the subject must not contain "="'],
    [{ locality: 'Say "hi"' }, 'the locality of the subject must not contain "\\""'],
    [{ province: "a\\b" }, 'the province of the subject must not contain "\\\\"'],
    [{ province: "a\nb" }, 'the province of the subject must not contain "\\n"'],
    [{ province: "a\u0000" }, 'the province of the subject must not contain "\\u0000"'],
    [{ province: "a\ud800" }, 'the province of the subject must not contain "\\ud800"'],
    [{ organization: "" }, "the organization of the subject must not be empty"],
    [{ organization: " a" }, "the organization of the subject must not begin or end with a blank"],
    [{ organization: "a".repeat(65) }, "the organization of the subject must have at most 64 characters"],
    [{ locality: "a".repeat(129) }, "the locality of the subject must have at most 128 characters"],
    [{ country: "D" }, "the country of the subject must be a code of two letters"],
    [{ country: "ÄÖ" }, "the country of the subject must be a code of two letters"],
  ] as const;
  for (const [change, reason] of refused) {
    assert.equal(checkSubjectFields({ ...FIELDS, ...change }), reason);
  }
});
