import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import { ClientTrust } from "../../../src/ingress/client-trust.ts";
import { ClientAuthority } from "../../../src/pki/client-authority.ts";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { TestIngress } from "../../doubles/ingress.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

const EVENTS = "/shop/v1/events";
const HOUR = 3_600_000;

async function sign(
  authority: ClientAuthority,
  publicKey: KeyObject,
): Promise<{ leaf: string; chain: string; hash: string }> {
  const subject = {
    country: "DE",
    organization: "Organization",
    organizationalUnit: "OrgUnit",
    locality: "Waldorf",
    province: "Waldorf",
  };
  const signed = await authority.sign({
    publicKey,
    subject,
    commonName: "shop",
    validity: HOUR,
    now: Date.now(),
  });
  return { leaf: signed.certificate, chain: signed.certificate + signed.chainPem, hash: signed.issuer };
}

for (const [keyAlgorithm, type] of [
  ["ec", "ec"],
  ["rsa", "rsa"],
] as const) {
  test(`ingress - the clients of an authority (${keyAlgorithm}) come in, over its rotation and until it is retired`, async () => {
    using directory = new TemporaryDirectory();
    const authority = await ClientAuthority.open({
      directory: directory.path,
      clock: systemClock,
      keyAlgorithm,
    });
    const trust = {
      bundle: () => authority.bundle,
      onChanged: (listener: () => void) => authority.onChanged(listener),
    };
    await using ingress = await TestIngress.start({ trust });
    const { publicKey, privateKey } =
      type === "ec"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    const status = async (crt: string): Promise<number> =>
      (await ingress.call(EVENTS, { identity: { crt, key } satisfies KeyPair })).status;
    const before = await sign(authority, publicKey);
    // Clients present the certificate alone, or with what stands above it.
    assert.deepEqual([await status(before.leaf), await status(before.chain)], [200, 200]);
    await authority.rotate();
    const after = await sign(authority, publicKey);
    assert.deepEqual(
      [await status(before.leaf), await status(after.leaf), await status(after.chain)],
      [200, 200, 200],
    );
    await authority.retire(before.hash);
    assert.equal(await status(after.leaf), 200);
    await assert.rejects(status(before.leaf));
    await assert.rejects(status(before.chain));
    assert.deepEqual(ingress.warnings, []);
  });
}

test("client trust - several authorities may stand in one text, with other things between them", async () => {
  const [one, other] = [await TestAuthority.create("One"), await TestAuthority.create("Other")];
  const trust = new ClientTrust([`a comment\n${one.crt}\n${other.crt}`]);
  for (const authority of [one, other]) {
    const { crt } = await authority.client("shop");
    assert.equal(trust.issued(new X509Certificate(crt)), true);
  }
  const { crt } = await (await TestAuthority.create("One")).client("shop");
  assert.equal(trust.issued(new X509Certificate(crt)), false);
});

test("client trust - an authority without its root is refused, because TLS would refuse all its clients", async () => {
  using directory = new TemporaryDirectory();
  const authority = await ClientAuthority.open({ directory: directory.path, clock: systemClock });
  const [issuer = ""] = authority.bundle;
  assert.throws(() => new ClientTrust([issuer]), { code: "INGRESS_INCOMPLETE_TRUST" });
  assert.equal(new ClientTrust(authority.bundle).authorities.length, authority.bundle.length);
});
