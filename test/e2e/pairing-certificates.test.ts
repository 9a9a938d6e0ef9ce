import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect } from "node:tls";
import { TestAuthority, type KeyPair } from "../doubles/certificates.ts";
import { P256, RSA } from "../doubles/certificate-requests.ts";
import { makeAuthority, type MadeAuthority } from "../doubles/client-authorities.ts";
import { eventually } from "../doubles/eventually.ts";
import { pair, send, writeIdentity } from "../doubles/external-system.ts";
import { openssl } from "../doubles/openssl.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";

/** Files are looked at every ten seconds, and what cannot be used once more before it is told. */
const LOOKED_AT = { timeout: 45_000, interval: 50 };

const NAMES = ["gateway.localhost", "connector-service.localhost"] as const;

function secret(name: string, stringData: Readonly<Record<string, string>>): unknown {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "default" }, stringData };
}

const tlsSecret = ({ crt, key }: KeyPair) => secret("ingress-tls", { "tls.crt": crt, "tls.key": key });

/** A data directory that has these objects, for a server that needs them at its start. */
async function holding(...objects: readonly unknown[]): Promise<ServedInstallation> {
  const served = await ServedInstallation.start(["--components=admin"]);
  await served.apply(...objects);
  assert.equal((await served.stop()).code, 0);
  return served;
}

/** What a listener of the ingress presents to somebody who trusts this authority. */
async function presented({ port, hostname }: URL, authority: TestAuthority): Promise<string> {
  const socket = connect({ port: Number(port), host: "127.0.0.1", servername: hostname, ca: authority.crt });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerX509Certificate() ?? {};
  socket.destroy();
  return fingerprint256 ?? "";
}

const fingerprint = ({ crt }: KeyPair, served: ServedInstallation): string => {
  const file = join(served.path, "presented.crt");
  writeFileSync(file, crt);
  return openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha256").trim().replace(/^.*=/, "");
};

/** Both hosts show the pair now. */
function shows(served: ServedInstallation, wanted: KeyPair, authority: TestAuthority): Promise<void> {
  return eventually(async () => {
    // The handshake of 1.3 ends for the client before the server asks for a certificate that is not there.
    assert.equal(await presented(served.pairing, authority), fingerprint(wanted, served));
    assert.equal(await presented(served.gateway, authority), fingerprint(wanted, served));
  }, LOOKED_AT);
}

test("server certificate - files are presented at both hosts, and taken anew while clients are connected", async () => {
  await using served = new ServedInstallation();
  const authority = await TestAuthority.create("Server CA");
  const [certificateFile, keyFile] = [join(served.path, "tls.crt"), join(served.path, "tls.key")];
  const write = ({ crt, key }: KeyPair) => {
    writeFileSync(keyFile, key, { mode: 0o600 });
    writeFileSync(certificateFile, crt);
  };
  const first = await authority.server(...NAMES);
  write(first);
  await served.start([`--ingress-certificate-file=${certificateFile}`, `--ingress-key-file=${keyFile}`]);
  await shows(served, first, authority);
  const second = await authority.server(...NAMES);
  write(second);
  await shows(served, second, authority);
  writeFileSync(certificateFile, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
  await eventually(
    () => assert.match(served.output, /the changed server certificate cannot be used/),
    LOOKED_AT,
  );
  await shows(served, second, authority);
  const identity = await pair(served, "shop", { authority: authority.crt });
  const info = new URL("/v1/applications/management/info", served.gateway);
  assert.equal((await send(served, info, { identity, authority: authority.crt })).status, 200);
  // Nobody can know this server by its own authority: the link does not name one.
  assert.doesNotMatch(await served.administer(["token", "create", "shop"]), /#/);
});

test("server certificate - a Secret is followed, and a bad one does not keep an authority from being retired", async () => {
  const authority = await TestAuthority.create("Server CA");
  const [first, second] = [await authority.server(...NAMES), await authority.server(...NAMES)];
  await using served = await holding(tlsSecret(first));
  await served.start(["--ingress-certificate-secret=default/ingress-tls"]);
  await shows(served, first, authority);
  await served.apply(tlsSecret(second));
  await shows(served, second, authority);
  await served.apply(tlsSecret({ ...second, key: first.key }));
  await eventually(() => assert.match(served.output, /the changed server certificate cannot be used/));
  await shows(served, second, authority);

  // Whoever holds the key of a client's certificate must not be taken for the server.
  const old = await pair(served, "shop", { authority: authority.crt });
  await served.apply(tlsSecret({ crt: old.certificate, key: old.key }));
  await eventually(() => assert.match(served.output, /not meant for TLS servers/));
  await shows(served, second, authority);
  await served.administer(["ca", "rotate", "--compromised", "--yes"]);
  const info = new URL("/v1/applications/management/info", served.gateway);
  await assert.rejects(send(served, info, { identity: old, authority: authority.crt }));
  await shows(served, second, authority);
  const fresh = await pair(served, "shop", { authority: authority.crt });
  assert.equal((await send(served, info, { identity: fresh, authority: authority.crt })).status, 200);
});

test("server certificate - what cannot be used refuses the start, and says what and where", async () => {
  const authority = await TestAuthority.create("Server CA");
  const [right, other] = [await authority.server(...NAMES), await authority.server(...NAMES)];
  await using served = await holding(tlsSecret({ ...right, key: other.key }), secret("empty", { a: "b" }));
  const cases: [string[], RegExp][] = [
    [
      ["--ingress-certificate-secret=default/ingress-tls"],
      /tls\.crt of the Secret default\/ingress-tls.*do not belong together/,
    ],
    [["--ingress-certificate-secret=default/empty"], /Secret default\/empty .*lacks tls\.crt or tls\.key/],
    [["--ingress-certificate-secret=none/such"], /Secret none\/such .*is not there/],
    [["--ingress-certificate-file=/no/such.crt"], /do not fit together/],
    [
      ["--ingress-certificate-file=/no/such.crt", "--ingress-key-file=/no/such.key"],
      /cannot read \/no\/such\.\w+: /,
    ],
  ];
  for (const [settings, text] of cases) await refusesStart(served, settings, text);
});

async function refusesStart(served: ServedInstallation, settings: string[], text: RegExp): Promise<void> {
  const { code, stderr } = await served.launch(settings).ended;
  assert.equal(code, 1, `${settings.join(" ")}: ${stderr}`);
  assert.match(stderr, text);
  assert.match(stderr, /^appconn serve cannot start: .*\([A-Z_]+\)\nWhat to do: \S/m);
  assert.doesNotMatch(stderr, /PRIVATE KEY| at .*\.ts:\d/);
}

const CASES: {
  name: string;
  values: (root: MadeAuthority, issuing: MadeAuthority) => Record<string, string>;
}[] = [
  {
    name: "cert-manager's layout",
    values: (root, issuing) => ({
      "tls.crt": issuing.certificate,
      "tls.key": issuing.key,
      "ca.crt": root.certificate,
    }),
  },
  {
    name: "the original's layout",
    values: (root) => ({ "ca.crt": root.certificate, "ca.key": root.key }),
  },
];

for (const { name, values } of CASES) {
  test(`client authority - a Secret in ${name} signs, and a new one in it takes over while the old counts`, async () => {
    const make = (key: readonly string[], subject: string): Record<string, string> => {
      const root = makeAuthority({ key, subject: `${subject} root` });
      return values(root, makeAuthority({ key, subject, signer: root }));
    };
    const [first, second] = [make(RSA, "/CN=First"), make(P256, "/CN=Second")];
    await using served = await holding(secret("ca", first));
    await served.start(["--caSecretName=default/ca"]);
    const old = await pair(served, "shop");
    const files = writeIdentity(served.path, old);
    const root = join(served.path, "root.pem");
    writeFileSync(root, first["ca.crt"] ?? "");
    const verify = ["verify", "-purpose", "sslclient", "-CAfile", root, "-untrusted", files.crt, files.crt];
    assert.match(openssl(...verify), /: OK/);
    await served.apply(secret("ca", second));
    const info = new URL("/v1/applications/management/info", served.gateway);
    await eventually(async () => {
      const renewed = await pair(served, "shop");
      const { crt } = writeIdentity(served.path, renewed);
      assert.match(openssl("x509", "-in", crt, "-noout", "-issuer"), /Second/);
      for (const identity of [old, renewed]) {
        assert.equal((await send(served, info, { identity })).status, 200);
      }
    });
    await served.apply(
      secret("ca", { "ca.crt": "garbage", "tls.crt": "garbage", "tls.key": "x", "ca.key": "x" }),
    );
    await eventually(() =>
      assert.match(served.output, /the changed authority of client certificates cannot be used/),
    );
    assert.equal((await send(served, info, { identity: await pair(served, "shop") })).status, 200);
    assert.match((await served.launchCommand(["ca", "rotate"])).stderr, /supplied from outside/);
  });
}

test("client authority - one that cannot be used refuses the start, and none is made in its place", async () => {
  const good = makeAuthority({ key: P256 });
  const other = makeAuthority({ key: P256 });
  const leaf = makeAuthority({ key: P256, extensions: ["basicConstraints=critical,CA:false"] });
  const layout = ({ certificate, key }: MadeAuthority) => ({ "ca.crt": certificate, "ca.key": key });
  const secrets: Record<string, [Record<string, string>, RegExp]> = {
    mismatch: [
      layout({ ...good, key: other.key }),
      /default\/mismatch|do not belong together|cannot be used/,
    ],
    leaf: [layout(leaf), /authority of client certificates \(.*\) cannot be used: /],
    keyless: [{ "tls.crt": good.certificate }, /authority of client certificates lacks tls\.key/],
    garbage: [layout({ certificate: "x", key: "y" }), /authority of client certificates|cannot read/],
  };
  const objects = Object.entries(secrets).map(([name, [values]]) => secret(name, values));
  await using served = await holding(...objects);
  for (const [name, [, text]] of Object.entries(secrets)) {
    await refusesStart(served, [`--connector-ca-secret=default/${name}`], text);
  }
  await refusesStart(served, ["--connector-ca-secret=default/none"], /secret default\/none not found/);
  await refusesStart(
    served,
    ["--connector-ca-certificate-file=/no/such"],
    /connector\.caCertificateFile and caKeyFile cannot be used: each needs the other/,
  );
});
