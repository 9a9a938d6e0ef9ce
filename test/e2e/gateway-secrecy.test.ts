import { equal, ok } from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, application, service } from "../doubles/applications.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGatewayProcess, type GatewayProcess } from "../doubles/gateway-process.ts";
import { startTarget } from "../doubles/target.ts";
import { answersTokens } from "../doubles/token-answers.ts";
import { answersExchanges } from "../doubles/token-exchange.ts";

/** Every secret of this test holds it, in clear or encoded. */
const CANARY = "canary7Zq4";
const DISGUISES = [
  CANARY,
  Buffer.from(CANARY).toString("base64url").slice(0, -2),
  encodeURIComponent(CANARY),
];

const canary = (what: string) => `${CANARY}-${what}`;

async function everythingWritten(gateway: GatewayProcess): Promise<Map<string, string>> {
  const written = new Map([["its output", gateway.output]]);
  const metrics = await fetch(`${gateway.address("health and metrics").origin}/metrics`);
  written.set("its metrics", await metrics.text());
  const folder = gateway.dataDirectory;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    written.set(path.slice(folder.length + 1), (await readFile(path)).toString("latin1"));
  }
  return written;
}

test("gateway secrecy - no credential reaches a log, an audit record, a metric, an error or the disk", async () => {
  await using target = await startTarget(async (call) => {
    await call.body;
    const refused = call.path.includes("refused");
    await call.respond(refused ? 401 : 200, {
      "X-Csrf-Token": canary("csrf"),
      "Set-Cookie": `s=${canary("cookie")}`,
    });
  });
  await using tokens = await startTarget(answersTokens({ token: () => canary("token") }));
  await using badTokens = await startTarget((call) =>
    call.respond(200, {}, `<html>${canary("body")}</html>`),
  );
  await using refusing = await startTarget(answersExchanges(() => false));
  await using gateway = await startGatewayProcess(["--telemetry-log-level=debug"]);
  await gateway.createSecret("basic", { username: canary("user"), password: canary("password") });
  await gateway.createSecret("oauth", { clientId: canary("id"), clientSecret: canary("secret") });
  await gateway.createSecret("broken", { crt: canary("crt"), key: canary("key") });
  await gateway.createSecret("parameters", {
    headers: JSON.stringify({ "X-Api-Key": [canary("header")] }),
    queryParameters: JSON.stringify({ key: [canary("query")] }),
  });
  await gateway.createSecret("unreadable", { headers: `{"X-Api-Key": ${canary("unreadable")}` });
  await gateway.createSecret("key-query", { apiKey: canary("api-key"), queryParameter: "key" });
  await gateway.createSecret("key-header", { apiKey: canary("api-key"), header: "X-Api-Key" });
  await gateway.createSecret("exchange", {
    clientId: canary("id"),
    clientSecret: canary("secret"),
    grantType: "urn:ietf:params:oauth:grant-type:token-exchange",
  });
  await gateway.createSecret("bad-jwt", {
    clientId: canary("id"),
    key: canary("key"),
    tokenEndpointAuthMethod: "private_key_jwt",
  });
  await gateway.createSecret("bad-word", { clientId: "c", grantType: canary("grant") });
  const oauth = (authenticationUrl: string, secretName = "oauth") => ({
    credentials: { type: "OAuth", secretName, authenticationUrl },
  });
  const apiKey = (secretName: string) => ({ credentials: { type: "ApiKey", secretName } });
  await gateway.create(
    application("shop", [
      service("basic", [
        api(target.url, {
          requestParametersSecretName: "parameters",
          credentials: {
            type: "Basic",
            secretName: "basic",
            csrfInfo: { tokenEndpointURL: `${target.url}/csrf` },
          },
        }),
      ]),
      service("oauth", [api(target.url, oauth(`${tokens.url}/token`))]),
      service("bad oauth", [api(target.url, oauth(`${badTokens.url}/token`))]),
      service("no idp", [api(target.url, oauth("http://127.0.0.1:1/token"))]),
      service("broken", [api(target.url, { credentials: { type: "CertificateGen", secretName: "broken" } })]),
      service("unreadable", [api(target.url, { requestParametersSecretName: "unreadable" })]),
      service("key query", [api(target.url, apiKey("key-query"))]),
      service("key header", [api(target.url, apiKey("key-header"))]),
      service("key down", [api("http://127.0.0.1:1/", apiKey("key-query"))]),
      service("exchange", [api(target.url, oauth(`${tokens.url}/token`, "exchange"))]),
      service("bad exchange", [api(target.url, oauth(`${badTokens.url}/token`, "exchange"))]),
      service("refused exchange", [api(target.url, oauth(`${refusing.url}/token`, "exchange"))]),
      service("bad jwt", [api(target.url, oauth(`${tokens.url}/token`, "bad-jwt"))]),
      service("bad word", [api(target.url, oauth(`${tokens.url}/token`, "bad-word"))]),
      service("down", [api("http://127.0.0.1:1/", oauth(`${tokens.url}/token`))]),
    ]),
  );
  await eventually(async () => equal((await gateway.call("GET", "/shop/oauth/x")).status, 200));
  const answers: string[] = [];
  for (const name of [
    ...["basic", "oauth", "bad-oauth", "no-idp", "broken", "unreadable", "down"],
    ...["key-query", "key-header", "key-down", "exchange", "bad-exchange", "refused-exchange", "bad-jwt"],
    ...["bad-word", "unknown"],
  ]) {
    for (const rest of ["/x", "/refused", `/x?own=${canary("caller-query")}`]) {
      const headers = [
        `Cookie: own=${canary("caller-cookie")}`,
        `X-Own: ${canary("caller-header")}`,
        `Authorization: Bearer ${canary("subject")}`,
      ];
      const answer = await gateway.call("GET", `/shop/${name}${rest}`, headers);
      if (answer.header("X-Gateway-Error") !== undefined) answers.push(answer.text);
      await gateway.call("GET", `/shop/${name}${rest}`, [`Access-Token: Bearer ${canary("access-token")}`]);
    }
  }
  const sent = [target, tokens].flatMap(({ transcripts }) => transcripts).join("");
  for (const what of ["header", "api-key", "subject"]) {
    equal(sent.includes(canary(what)), true, "the canaries were in use");
  }
  ok(answers.length > 0);
  await eventually(async () => {
    ok(gateway.output.includes("/shop/unknown/x"));
    const audit = await readFile(join(gateway.dataDirectory, "audit.log"), "utf8");
    ok(audit.includes('"service":"down"'), audit);
  });
  const written = await everythingWritten(gateway);
  written.set("the gateway's own answers", answers.join("\n"));
  for (const [where, text] of written) {
    for (const disguise of DISGUISES) equal(text.includes(disguise), false, `${disguise} stands in ${where}`);
  }
});
