import { deepEqual, equal, ok, match } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { encode, makeRequest, SUBJECT } from "../doubles/certificate-requests.ts";
import { curl, information, newLink, pair, prepare, send } from "../doubles/external-system.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";

const MIB = 1024 * 1024;

suite("hostile pairing", () => {
  let served: ServedInstallation;

  before(async () => {
    served = await ServedInstallation.start(["--ingress-failed-tokens-per-minute=0"]);
  });
  after(() => served[Symbol.asyncDispose]());

  const freshUrl = async () => (await information(served, (await newLink(served, "shop")).url)).csrUrl;

  const file = (content: string | Buffer): string => {
    const path = join(served.path, "body");
    writeFileSync(path, content);
    return path;
  };

  test("hostile pairing - of many who use one link or one token at once, one succeeds", async () => {
    const { url } = await newLink(served, "shop");
    const times = Array.from({ length: 20 });
    const informed = await Promise.all(times.map(() => send(served, url)));
    deepEqual(
      informed.map(({ status }) => status).toSorted(),
      times.map((_, index) => (index === 0 ? 200 : 403)),
    );
    const { csrUrl } = JSON.parse(informed.find(({ status }) => status === 200)?.text ?? "") as {
      csrUrl: string;
    };
    const { body } = prepare("shop");
    const issued = await Promise.all(times.map(() => send(served, csrUrl, { method: "POST", body })));
    deepEqual(
      issued.map(({ status }) => status).toSorted(),
      times.map((_, index) => (index === 0 ? 201 : 403)),
    );
  });

  test("hostile pairing - a body of 10 MB is 413, told or not told in advance, and uses no token up", async () => {
    const url = await freshUrl();
    const body = `@${file(`{"csr":"${"A".repeat(10 * MIB)}"}`)}`;
    for (const more of [[], ["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]]) {
      const { status, body: text } = await curl(served, ...more, "--data-binary", body, url);
      deepEqual(
        [status, text],
        [413, '{"code":413,"error":"Request body is larger than 64 KiB."}\n'],
        more.join(" "),
      );
    }
    equal((await send(served, url, { method: "POST", body: prepare("shop").body })).status, 201);
  });

  test("hostile pairing - requests that are none, or are cut off, or lie, get the original's answers one after the other", async () => {
    const url = await freshUrl();
    const { request } = makeRequest();
    const invalid = "CSR: Invalid";
    const cases: [string, number, RegExp][] = [
      ["", 500, /^Error while unmarshalling request body: unexpected end of JSON input$/],
      ["null", 400, /^Error while decoding pem block\.$/],
      ["{}", 400, /^Error while decoding pem block\.$/],
      [csr(`${encode(request)}!`), 400, /^There was an error while parsing the base64 content\./],
      [csr(encode(request.slice(0, 200))), 400, /^Error while decoding pem block\.$/],
      [csr(encode(request.replace(/\n.{64}\n/, "\n"))), 400, /^Error while parsing CSR: /],
      [csr(encode(`${request}${request}`.repeat(100))), 413, /64 KiB/],
      [csr(encode(flipped(request))), 400, /^(CSR signature invalid|Error while parsing CSR): /],
      [
        subject(SUBJECT.replace("CN=shop", "CN=other")),
        400,
        new RegExp(`^${invalid} common name provided\\.$`),
      ],
      [subject(SUBJECT.replace("/C=DE", "")), 400, /^CSR: No country provided\.$/],
      [
        subject(SUBJECT.replace("O=Org", "O=Other")),
        400,
        new RegExp(`^${invalid} organization provided\\.$`),
      ],
      [subject(`${SUBJECT}/OU=Second`), 400, new RegExp(`^${invalid} organizational unit provided\\.$`)],
      [weak(), 400, new RegExp(`^${invalid} key provided\\.$`)],
      [signed("-sha1"), 400, /^CSR signature invalid: /],
    ];
    for (const [body, code, error] of cases) {
      const { status, text, headers } = await send(served, url, { method: "POST", body });
      equal(status, code, `${body.slice(0, 60)}: ${text}`);
      equal(headers["content-type"], "application/json;charset=UTF-8");
      match((JSON.parse(text) as { error: string }).error, error);
    }
    // After all that it is as good as new.
    equal((await send(served, url, { method: "POST", body: prepare("shop").body })).status, 201);
  });

  const csr = (text: string) => JSON.stringify({ csr: text });
  const subject = (text: string) => csr(encode(makeRequest({ subject: text }).request));
  const signed = (digest: string) => csr(encode(makeRequest({ more: [digest] }).request));
  const weak = () => {
    const key = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
    return csr(encode(makeRequest({ key }).request));
  };

  /** Another last byte of the signature. */
  function flipped(request: string): string {
    const [, body = ""] = /-----\n([^-]+)\n-----/.exec(request) ?? [];
    const der = Buffer.from(body, "base64");
    der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
    return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
  }

  test("hostile pairing - a token for an Application is none for a runtime, and the reverse", async () => {
    await served.stop();
    await served.start(["--central"]);
    const headers = { Application: "shop", Tenant: "t", Group: "g" };
    const made = await served.admin("POST", "/v1/applications/tokens", { headers });
    const { token } = (await made.json()) as { token: string };
    const runtime = await served.admin("POST", "/v1/runtimes/tokens", { headers });
    const other = ((await runtime.json()) as { token: string }).token;
    const at = (path: string) => send(served, new URL(path, served.pairing));
    equal((await at(`/v1/runtimes/signingRequests/info?token=${token}`)).status, 403);
    equal((await at(`/v1/applications/signingRequests/info?token=${other}`)).status, 403);
    const good = await at(`/v1/applications/signingRequests/info?token=${token}`);
    match(good.text, /"subject":"O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=shop"/);
    match((await at(`/v1/runtimes/signingRequests/info?token=${other}`)).text, /CN=\*Runtime\*/);
    await served.stop();
    await served.start();
  });

  test("hostile pairing - a storm of clients that send nothing keeps nobody else from pairing", async () => {
    const sockets = Array.from({ length: 300 }, () =>
      connect({ port: Number(served.pairing.port), host: "127.0.0.1" }).on("error", () => undefined),
    );
    const identity = await pair(served, "shop");
    ok(identity.certificate.startsWith("-----BEGIN CERTIFICATE-----"));
    for (const socket of sockets) socket.destroy();
  });
});
