import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { curl, type CurlAnswer } from "../doubles/external-system.ts";
import { eventually } from "../doubles/eventually.ts";
import { openssl } from "../doubles/openssl.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";

const JSON_TYPE = "application/json;charset=UTF-8";

interface Information {
  readonly csrUrl: string;
  readonly api: Readonly<Record<string, string>>;
  readonly certificate: { readonly subject: string; readonly extensions: string };
}

interface Management {
  readonly clientIdentity: { readonly application: string };
  readonly urls: Readonly<Record<string, string>>;
  readonly certificate: { readonly subject: string };
}

/** The steps of the original's documents, with the programs that these name. */
suite("one-click client", () => {
  let served: ServedInstallation;
  const at = (name: string) => join(served.path, name);

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(application("shop"), application("foreign"), application("renamed"));
  });
  after(() => served[Symbol.asyncDispose]());

  const json = ({ body, contentType, status }: CurlAnswer, expected: number): unknown => {
    assert.equal(status, expected, body);
    assert.equal(contentType, JSON_TYPE);
    assert.ok(body.endsWith("\n"));
    return JSON.parse(body);
  };

  const fails = (answer: CurlAnswer, code: number, error: string) =>
    assert.deepEqual(json(answer, code), { code, error });

  async function newToken(name: string): Promise<{ url: string; token: string }> {
    const admin = `https://localhost:${served.address("admin API").port}`;
    const words = [
      "-X",
      "POST",
      "-H",
      `Application: ${name}`,
      "-H",
      `Authorization: Bearer ${served.adminToken}`,
    ];
    const answer = await curl(served, ...words, `${admin}/v1/applications/tokens`);
    const { url, token } = json(answer, 201) as { url: string; token: string };
    assert.match(token, /^[\w-]{86}==$/);
    assert.equal(url, `${served.pairing.origin}/v1/applications/signingRequests/info?token=${token}`);
    return { url, token };
  }

  /** `openssl req` with the subject as it was told, attribute for attribute in its order. */
  function request(name: string, subject: string, bits: number): string {
    const slashes = subject
      .split(",")
      .map((part) => `/${part}`)
      .join("");
    openssl("genrsa", "-out", at(`${name}.key`), String(bits));
    openssl("req", "-new", "-sha256", "-key", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", slashes);
    // As `base64 file` of GNU writes it: lines end in the middle of it.
    const wrapped = readFileSync(at(`${name}.csr`))
      .toString("base64")
      .replace(/.{76}/g, "$&\\n");
    return `{"csr":"${wrapped}"}`;
  }

  function keep(name: string, answer: CurlAnswer): void {
    const texts = json(answer, 201) as Record<"crt" | "clientCrt" | "caCrt", string>;
    const { crt, clientCrt, caCrt } = texts;
    const [chain, leaf, authority] = [crt, clientCrt, caCrt].map((text) =>
      Buffer.from(text, "base64").toString(),
    );
    assert.equal(chain, `${leaf}${authority}`);
    writeFileSync(at(`${name}.crt`), chain ?? "");
    writeFileSync(at(`${name}.ca`), authority ?? "");
  }

  const as = (name: string, ...words: readonly string[]) =>
    curl(served, "--cert", at(`${name}.crt`), "--key", at(`${name}.key`), ...words);

  async function paired(name: string, bits = 2048, cn = name): Promise<Management> {
    const info = json(await curl(served, (await newToken(cn)).url), 200) as Information;
    const subject = `O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=${cn}`;
    assert.deepEqual(info.certificate, { subject, extensions: "", "key-algorithm": "rsa2048" });
    keep(name, await curl(served, "-d", request(name, info.certificate.subject, bits), info.csrUrl));
    return json(await as(name, info.api["infoUrl"] ?? ""), 200) as Management;
  }

  for (const bits of [2048, 4096]) {
    test(`one-click client - an RSA key of ${bits} bits gets its certificate, and openssl confirms it`, async () => {
      const name = `rsa${bits}`;
      const { clientIdentity } = await paired(name, bits, "shop");
      assert.deepEqual(clientIdentity, { application: "shop" });
      const verify = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", at(`${name}.ca`)];
      assert.match(openssl(...verify, at(`${name}.crt`)), /: OK\n$/);
      const text = openssl("x509", "-in", at(`${name}.crt`), "-noout", "-text", "-nameopt", "RFC2253");
      assert.match(text, /Subject: CN=shop,ST=Waldorf,L=Waldorf,OU=OrgUnit,O=Organization,C=DE\n/);
      assert.match(text, new RegExp(`Public-Key: \\(${bits} bit\\)`));
      assert.match(text, /X509v3 Key Usage: critical\s+Digital Signature\n/);
      assert.match(text, /X509v3 Extended Key Usage: *\n\s+TLS Web Client Authentication\n/);
      assert.match(text, /X509v3 Basic Constraints: critical\s+CA:FALSE\n/);
      const modulus = (...words: string[]) => openssl(...words, "-noout", "-modulus");
      assert.equal(modulus("x509", "-in", at(`${name}.crt`)), modulus("rsa", "-in", at(`${name}.key`)));
    });
  }

  test("one-click client - it renews, revokes twice, and is refused from then on", async () => {
    const { urls, certificate } = await paired("leaver", 2048, "shop");
    const { renewCertUrl = "", revokeCertUrl = "", metadataUrl = "", eventsUrl = "" } = urls;
    keep("renewed", await as("leaver", "-d", request("renewed", certificate.subject, 2048), renewCertUrl));
    const infoUrl = `${served.gateway.origin}/v1/applications/management/info`;
    for (const name of ["leaver", "renewed"]) json(await as(name, infoUrl), 200);
    const verify = ["verify", "-CAfile", at("renewed.ca"), at("renewed.crt")];
    assert.match(openssl(...verify), /: OK\n$/);
    for (const time of ["first", "second"]) {
      const answer = await as("renewed", "-X", "POST", revokeCertUrl);
      assert.deepEqual(answer, { status: 201, body: "", contentType: JSON_TYPE }, time);
    }
    const again = request("again", certificate.subject, 2048);
    fails(await as("renewed", "-d", again, renewCertUrl), 403, "Certificate has been revoked.");
    for (const url of [infoUrl, metadataUrl, eventsUrl]) {
      fails(await as("renewed", url), 403, "Certificate has been revoked.");
    }
    // The one before was not the one that revoked itself.
    json(await as("leaver", infoUrl), 200);
  });

  test("one-click client - a token works once, a failed request does not use it up", async () => {
    const { url } = await newToken("shop");
    const info = json(await curl(served, url), 200) as Information;
    fails(await curl(served, url), 403, "Invalid token.");
    const wrong = request("wrong", info.certificate.subject.replace("CN=shop", "CN=other"), 2048);
    const refused = json(await curl(served, "-d", wrong, info.csrUrl), 400) as { error: string };
    assert.equal(refused.error, "CSR: Invalid common name provided.");
    const right = request("right", info.certificate.subject, 2048);
    keep(
      "right",
      await curl(served, "-d", right, info.csrUrl.replaceAll("=", "%3D").replace("token%3D", "token=")),
    );
    fails(await curl(served, "-d", right, info.csrUrl), 403, "Invalid token.");
    const none = `${served.pairing.origin}/v1/applications/certificates`;
    fails(await curl(served, "-d", right, none), 403, "Token not provided.");
  });

  test("one-click client - its own Application's registry answers, its events do not run here, others are not its own", async () => {
    const { urls } = await paired("caller", 2048, "shop");
    const { metadataUrl = "", eventsUrl = "", eventsInfoUrl = "" } = urls;
    assert.deepEqual(json(await as("caller", metadataUrl), 200), []);
    const { origin } = served.gateway;
    for (const url of [eventsUrl, eventsInfoUrl, `${origin}/shop/v2/events`, `${origin}/shop/events`]) {
      fails(await as("caller", "-d", "{}", url), 503, "the event publisher does not run here");
    }
    fails(await as("caller", `${origin}/foreign/v1/metadata/services`), 403, "no valid subject found");
    const unknown =
      "while getting application ClientIds: application data for name nobody is not found in the cache. Please retry";
    fails(await as("caller", `${origin}/nobody/v1/events`), 404, unknown);
    fails(await as("caller", `${origin}/shop/v1/other`), 404, "Requested resource could not be found.");
  });

  test("one-click client - client ids of an Application take the place of its name", async () => {
    await paired("ids", 2048, "renamed");
    const url = `${served.gateway.origin}/renamed/v1/events`;
    fails(await as("ids", url), 503, "the event publisher does not run here");
    const compassMetadata = { authentication: { clientIds: ["shop"] } };
    await served.apply(application("renamed", { compassMetadata }));
    await eventually(async () => fails(await as("ids", url), 403, "no valid subject found"));
    await paired("by-id", 2048, "shop");
    fails(await as("by-id", url), 503, "the event publisher does not run here");
  });

  test("one-click client - what it forges of headers changes nothing", async () => {
    await paired("forger", 2048, "shop");
    const url = `${served.gateway.origin}/foreign/v1/events`;
    const forged = 'Subject="CN=foreign,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE"';
    for (const header of [
      "X-Forwarded-Client-Cert",
      "X_Forwarded_Client_Cert",
      "Client-Certificate-Subject",
    ]) {
      fails(await as("forger", "-H", `${header}: ${forged}`, url), 403, "no valid subject found");
    }
    const info = `${served.gateway.origin}/v1/applications/management/info`;
    const words = ["-H", "Connection: x-forwarded-client-cert", "-H", `X-Forwarded-Client-Cert: ${forged}`];
    const { clientIdentity } = json(await as("forger", ...words, info), 200) as Management;
    assert.equal(clientIdentity.application, "shop");
  });
});
