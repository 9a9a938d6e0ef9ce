import { equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api, application, CREDENTIALS_NAMESPACE, service } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget } from "../doubles/target.ts";
import { answersExchanges } from "../doubles/token-exchange.ts";
import { TraceCollector } from "../doubles/trace-collector.ts";

/** Every secret of this test holds it, in clear or encoded. */
const CANARY = "canary7Zq4";
const canary = (what: string) => `${CANARY}-${what}`;

const SETTING = "APPCONN_TELEMETRY_LOG_LEVEL";
const SECRETS = `/api/v1/namespaces/${CREDENTIALS_NAMESPACE}/secrets`;
const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";

/** What everybody on the machine, or its administrator, can see of a process. */
function processesOf(parent: number): ReadonlyMap<string, string> {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ");
  const shown = new Map<string, string>();
  for (const pid of [...children, String(parent)]) {
    for (const file of ["cmdline", "comm", "environ"]) {
      shown.set(`${file} of ${pid}`, readFileSync(`/proc/${pid}/${file}`, "latin1"));
    }
  }
  return shown;
}

/** A Secret's name, what is in it, and the rest of the entry that uses it. */
function entriesOf(tokenUrl: string, client: { readonly crt: string; readonly key: string }) {
  const oauth = { type: "OAuth", authenticationUrl: tokenUrl };
  const id = { clientId: canary("id"), clientSecret: canary("secret") };
  const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
  return [
    ["basic", { username: canary("user"), password: canary("password") }, { type: "Basic" }],
    ["key", { apiKey: canary("api-key"), queryParameter: "key" }, { type: "ApiKey" }],
    ["exchange", { ...id, grantType }, oauth],
    ["jwt", { ...client, clientId: canary("id"), tokenEndpointAuthMethod: "private_key_jwt" }, oauth],
    ["bad-key", { apiKey: canary("broken\n"), header: "X-Key" }, { type: "ApiKey" }],
    ["bad-jwt", { key: canary("key"), clientId: "c", tokenEndpointAuthMethod: "private_key_jwt" }, oauth],
    ["refused", id, { ...oauth, authenticationUrl: tokenUrl.replace("/token", "/refused") }],
  ] as const;
}

test("worker secrecy - neither two workers, findings, Events, a dry run, live views nor the administration show a credential", async () => {
  await using target = await startTarget(async (call) => {
    await call.body;
    await call.respond(200, { "Set-Cookie": `s=${canary("cookie")}` });
  });
  const exchanges = answersExchanges();
  await using tokens = await startTarget((call) =>
    call.path === "/refused"
      ? call.respond(400, {}, JSON.stringify({ error: canary("error"), error_description: canary("text") }))
      : exchanges(call),
  );
  await using traces = await TraceCollector.start();
  const client = await (await TestAuthority.create()).client("client-7");
  const keyLine = client.key.split("\n")[1] ?? "";
  await using served = new ServedInstallation({ [SETTING]: "debug" });
  await served.start([
    "--workers=2",
    `--telemetry-traces-endpoint=${traces.endpoint}`,
    `--telemetry-access-log-destination=${join(served.path, "access.log")}`,
  ]);
  const entries = entriesOf(`${tokens.url}/token`, client);
  for (const [name, stringData] of entries) {
    const metadata = { name, namespace: CREDENTIALS_NAMESPACE };
    await served.apply({ apiVersion: "v1", kind: "Secret", metadata, stringData });
  }
  const services = entries.map(([name, , credentials]) =>
    service(name, [api(target.url, { credentials: { ...credentials, secretName: name } })]),
  );
  const shop = application("shop", services);
  const body = { apiVersion: "applicationconnector.kyma-project.io/v1alpha1", kind: "Application", ...shop };
  await served.apply(body);
  const call = async (name: string) => {
    const url = new URL(`/shop/${name}/x?own=${canary("caller-query")}`, served.address("gateway"));
    const headers = { authorization: `Bearer ${canary("subject")}`, connection: "close" };
    const answer = await fetch(url, { headers });
    return { status: answer.status, text: await answer.text() };
  };
  await eventually(async () => equal((await call("exchange")).status, 200));

  const shown = new Map<string, string>();
  for (const [name] of entries) {
    for (let calls = 0; calls < 4; calls++) shown.set(`answer ${name} ${calls}`, (await call(name)).text);
  }
  equal(target.transcripts.join("").includes(canary("api-key")), true, "the canaries were in use");
  for (const type of ["application/json-patch+json", "application/apply-patch+yaml"]) {
    const patches = type.includes("json-patch")
      ? [{ op: "test", path: "/data/password", value: "guess" }]
      : { apiVersion: "v1", kind: "Secret", metadata: {}, data: { password: "Z3Vlc3M=" } };
    const path = `${SECRETS}/basic?fieldManager=other`;
    const asked = { headers: { "content-type": type }, body: patches };
    const answer = await served.admin("PATCH", path, asked);
    ok(answer.status >= 400, `${type}: ${answer.status}`);
    shown.set(type, await answer.text());
  }
  for (const path of [`${SECRETS}?limit=1`, `${SECRETS}/basic`]) {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = await served.admin("GET", path, { headers: { accept } });
    shown.set(`table of ${path}`, JSON.stringify(((await table.json()) as { rows: unknown }).rows));
  }
  const read = async (path: string) => (await served.admin("GET", path)).text();
  await eventually(async () => match(await read("/api/v1/events"), /"involvedObject":\{[^}]*"name":"shop"/), {
    timeout: 30_000,
  });
  shown.set("Events", await read("/api/v1/events"));
  shown.set("Application", await read(`${APPLICATIONS}/shop`));
  shown.set("services", await (await served.health("/v1/applications/shop/services")).text());
  shown.set("metrics", await served.metrics());
  for (const words of [
    ["check", "shop"],
    ["describe", "applications", "shop"],
    ["describe", "secrets", "basic", "-n", CREDENTIALS_NAMESPACE],
    ["get", "events"],
    ["logs", "--since", "1h"],
  ]) {
    const { stdout, stderr } = await served.launchCommand(words);
    ok(stdout.length > 0, `${words.join(" ")}: ${stderr}`);
    shown.set(words.join(" "), stdout + stderr);
  }
  await eventually(() => ok(traces.bodies.length > 0), { timeout: 30_000 });
  shown.set("traces", traces.bodies.join("\n"));
  const primary = served.running.process.pid ?? 0;
  const processes = processesOf(primary);
  equal(processes.size, 9, "two workers, and who has started them");
  for (const [what, text] of processes) {
    shown.set(what, text);
    const isOfWorker = what.startsWith("environ") && what !== `environ of ${primary}`;
    if (isOfWorker) equal(text.includes(SETTING), false, "a worker has no settings in its environment");
  }
  shown.set("logs", served.output);
  shown.set("audit", JSON.stringify(served.records()));
  const disguises = [
    CANARY,
    ...["", "x", "xx"].map((before) =>
      Buffer.from(before + CANARY)
        .toString("base64")
        .slice(4, -4),
    ),
    keyLine,
    served.adminToken,
  ];
  for (const [where, text] of shown) {
    for (const disguise of disguises) equal(text.includes(disguise), false, `${disguise} stands in ${where}`);
  }
});
