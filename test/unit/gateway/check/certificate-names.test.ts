import { equal } from "node:assert/strict";
import { test } from "node:test";
import { certificateNamesText } from "../../../../src/gateway/check/certificate-names.ts";

function refused(subjectaltname: string | undefined, code = "ERR_TLS_CERT_ALTNAME_INVALID"): Error {
  return Object.assign(new Error("not this one"), { code, cert: { subjectaltname } });
}

for (const [alternatives, text] of [
  ["DNS:erp.example, DNS:*.erp.example", ": it is for erp.example, *.erp.example"],
  ["IP Address:10.0.0.1, IP Address:fd00::1", ": it is for 10.0.0.1, fd00::1"],
  ["DNS:a, DNS:b, DNS:c, DNS:d, DNS:e, DNS:f, DNS:g", ": it is for a, b, c, d, e, and 2 more"],
  ['URI:"http://x\\u001b[2J", DNS:a\u001b[2J', ": it is for a"],
  ["", ": it has none"],
  [undefined, ": it has none"],
] as const) {
  test(`certificate names - ${JSON.stringify(alternatives)} is told as ${text}`, () => {
    equal(certificateNamesText(refused(alternatives)), text);
    equal(certificateNamesText(new Error("around", { cause: refused(alternatives) })), text);
  });
}

test("certificate names - of another failure nothing is told", () => {
  equal(certificateNamesText(refused("DNS:a", "CERT_HAS_EXPIRED")), "");
  equal(certificateNamesText(new Error("reset")), "");
  equal(certificateNamesText(undefined), "");
});
