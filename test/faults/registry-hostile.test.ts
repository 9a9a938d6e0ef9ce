import { deepEqual, equal, match, ok } from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { pair, send, type Identity } from "../doubles/external-system.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget } from "../doubles/target.ts";

const MEBIBYTE = 1024 * 1024;
const REFUSED = "the egress policy refuses the address";

const servicesOf = (served: ServedInstallation, name = "shop") =>
  new URL(`/${name}/v1/metadata/services`, served.gateway);

function service(name: string, api: Readonly<Record<string, unknown>>): string {
  const target = { targetUrl: "https://orders.example", ...api };
  return JSON.stringify({ provider: "Acme", name, description: name, api: target });
}

/** What systems that are paired, and mean no good, send to the real server. */
suite("registry hostile", () => {
  let served: ServedInstallation;
  let identity: Identity;

  before(async () => {
    served = await ServedInstallation.start();
    await served.apply(application("shop"));
    identity = await pair(served, "shop");
  });
  after(() => served[Symbol.asyncDispose]());

  const register = (body: string) => send(served, servicesOf(served), { identity, method: "POST", body });
  const errorOf = async (body: string): Promise<string> => {
    const answer = await register(body);
    equal(answer.status, 502, answer.text);
    return (JSON.parse(answer.text) as { error: string }).error;
  };
  const documentOf = async (answer: string, path = "/specs/openapi") => {
    const { id } = JSON.parse(answer) as { id: string };
    return send(served, `${servicesOf(served).href}/${id}${path}`, { identity });
  };

  // A length is refused by the ingress, before the registry is asked; chunks are counted.
  for (const [framing, limit] of [
    ["Content-Length", 64 * MEBIBYTE],
    ["chunks", 10 * MEBIBYTE],
  ] as const) {
    test(`registry hostile - a body of 100 MB in ${framing} gets 413 with the limit, and is not kept in memory`, async () => {
      equal((await register(service(`warm ${framing}`, {}))).status, 200);
      const peak = peakOf(served);
      const { status, body } = await sentEndlessly(served, identity, framing);
      equal(status, 413, body);
      equal(body, `{"code":413,"error":"Request body is larger than ${limit} bytes."}\n`);
      const grown = (peakOf(served) - peak) / MEBIBYTE;
      ok(grown < 64, `${grown} MiB`);
      equal((await send(served, servicesOf(served), { identity })).status, 200);
    });
  }

  test("registry hostile - a specification of 10 MB is registered and read back byte for byte", async () => {
    const title = "ä<&>\u2028".repeat(1_000_000);
    const spec = `{"openapi":"3.0.0","info":{"title":${JSON.stringify(title)},"version":"1.0","x":1.50e+1},"paths":{}}`;
    ok(Buffer.byteLength(spec) > 7_000_000 && Buffer.byteLength(spec) < 10_000_000);
    const padded = spec.replace(
      '"paths"',
      `"x-fill":"${"f".repeat(10_000_000 - Buffer.byteLength(spec))}","paths"`,
    );
    const body = service("large", {}).replace('"targetUrl"', `"spec":${padded},"targetUrl"`);
    const answer = await register(body);
    equal(answer.status, 200, answer.text);
    const read = await documentOf(answer.text);
    equal(read.status, 200, read.text.slice(0, 1000));
    ok(read.text === padded, "the document differs");
    const shown = JSON.parse((await documentOf(answer.text, "")).text) as { api: { spec: unknown } };
    deepEqual(shown.api.spec, JSON.parse(padded));
  });

  test("registry hostile - aliases that multiply in a fetched YAML cost neither memory nor time", async () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      index === 0
        ? "a0: &a0 lol"
        : `a${index}: &a${index} [${Array(9)
            .fill(`*a${index - 1}`)
            .join(", ")}]`,
    );
    const yaml = `openapi: 3.0.0\ninfo: {title: laughs, version: "1"}\npaths: {}\n${lines.join("\n")}\n`;
    await using server = await startTarget((call) =>
      call.respond(200, { "Content-Type": "application/yaml" }, yaml),
    );
    const peak = peakOf(served);
    const answer = await register(service("laughs", { specificationUrl: `${server.url}/laughs.yaml` }));
    equal(answer.status, 200, answer.text);
    equal((await documentOf(answer.text)).text, yaml);
    // Answered when the checks have ended, whatever they found.
    equal((await documentOf(answer.text, "/specs")).status, 200);
    const grown = (peakOf(served) - peak) / MEBIBYTE;
    ok(grown < 256, `${grown} MiB`);
  });

  test("registry hostile - a specification server that hangs holds up its own registration alone", async () => {
    await using server = await startTarget(() => {});
    const hanging = register(service("hanging", { specificationUrl: server.url }));
    await server.call(1);
    const other = await register(service("not hanging", {}));
    equal(other.status, 200, other.text);
    equal((await send(served, servicesOf(served), { identity })).status, 200);
    await server[Symbol.asyncDispose]();
    equal((await hanging).status, 502);
  });

  test("registry hostile - no fetch reaches a listener of the installation, directly, by redirect or for a token", async () => {
    await using target = await startTarget((call) => call.respond(200, {}, "another Application's"));
    await served.apply(
      application("other", {
        services: [
          {
            id: "other-1",
            name: "api",
            displayName: "api",
            providerDisplayName: "Acme",
            description: "api",
            entries: [{ type: "API", targetUrl: target.url }],
          },
        ],
      }),
    );
    const call = new URL("/other/api/secrets", served.address("gateway"));
    await eventually(async () => equal((await fetch(call)).status, 200));
    const reached = target.calls.length;
    await using server = await startTarget((answered) =>
      answered.respond(302, { Location: decodeURIComponent(answered.path.slice(1)) }),
    );
    const own = ["gateway", "gateway (Compass)", "health and metrics", "admin API"].flatMap((name) => {
      const { port, protocol } = served.address(name);
      return ["127.0.0.1", "localhost", "x.localhost", "[::1]", "0.0.0.0"].map(
        (host) => `${protocol}//${host}:${port}/other/api/secrets`,
      );
    });
    own.push(served.gateway.href, served.pairing.href);
    for (const url of own) {
      match(await errorOf(service("direct", { specificationUrl: url })), new RegExp(`${REFUSED}$`), url);
      const redirected = `${server.url}/${encodeURIComponent(url)}`;
      match(
        await errorOf(service("redirected", { specificationUrl: redirected })),
        new RegExp(`${REFUSED}$`),
        url,
      );
    }
    const oauth = { url: call.href, clientId: "a", clientSecret: "b" };
    const specificationCredentials = { oauth };
    match(
      await errorOf(service("token", { specificationUrl: server.url, specificationCredentials })),
      new RegExp(`${REFUSED}$`),
    );
    equal(target.calls.length, reached, "the gateway called nobody");
  });
});

test("registry hostile - SIGTERM during registrations: what was answered is there, and nothing else is half there", async () => {
  await using served = await ServedInstallation.start();
  await served.apply(application("shop"));
  const identity = await pair(served, "shop");
  const answered: string[] = [];
  const client = async (number: number) => {
    for (let index = 0; ; index++) {
      const body = service(`s-${number}-${index}`, {
        credentials: { basic: { username: "a", password: "b" } },
      });
      const answer = await send(served, servicesOf(served), { identity, method: "POST", body }).catch(
        () => undefined,
      );
      if (answer?.status !== 200) return;
      answered.push((JSON.parse(answer.text) as { id: string }).id);
    }
  };
  const clients = Array.from({ length: 8 }, (_, number) => client(number));
  await eventually(() => ok(answered.length >= 20), { timeout: 30_000 });
  equal((await served.stop("SIGTERM")).code, 0);
  await Promise.all(clients);
  await served.start();
  const list = await send(served, servicesOf(served), { identity });
  const kept = (JSON.parse(list.text) as { id: string }[]).map(({ id }) => id);
  deepEqual(
    answered.filter((id) => !kept.includes(id)),
    [],
  );
  // Those that were registered without an answer are whole too.
  for (const id of kept) {
    const shown = await send(served, `${servicesOf(served).href}/${id}`, { identity });
    equal(shown.status, 200, shown.text);
    equal(shown.headers["warning"], undefined);
  }
  const secrets = await (await served.admin("GET", "/api/v1/namespaces/kyma-system/secrets")).text();
  const names = [...secrets.matchAll(/"serviceId":"([^"]+)"/g)].map(([, id]) => id ?? "");
  deepEqual(
    names.filter((id) => !kept.includes(id)),
    [],
    "Secrets of no service",
  );
});

/** Most bytes that the server has ever had in memory. */
function peakOf({ running }: ServedInstallation): number {
  const status = readFileSync(`/proc/${running.process.pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Goes on sending until there is an answer. */
async function sentEndlessly(
  served: ServedInstallation,
  { certificate, key }: Identity,
  framing: "Content-Length" | "chunks",
): Promise<{ readonly status: number; readonly body: string }> {
  const total = 100_000_000;
  const url = servicesOf(served);
  const sent = httpsRequest({
    host: "127.0.0.1",
    port: url.port,
    path: url.pathname,
    servername: url.hostname,
    headers: { host: url.host, ...(framing === "chunks" ? {} : { "Content-Length": total }) },
    method: "POST",
    agent: false,
    ca: readFileSync(served.serverAuthority),
    cert: certificate,
    key,
  });
  // The server may close after its answer, while this still sends.
  sent.on("error", () => {});
  const phase = { isAnswered: false };
  const answer = once(sent, "response").then(async ([response]) => {
    phase.isAnswered = true;
    const { statusCode = 0 } = response as IncomingMessage;
    return { status: statusCode, body: await text(response as IncomingMessage) };
  });
  const piece = Buffer.alloc(100_000, " ");
  for (let bytes = 0; bytes < total && !phase.isAnswered; bytes += piece.length) {
    if (!sent.write(piece)) await Promise.race([once(sent, "drain"), answer]);
  }
  const answered = await answer;
  sent.destroy();
  return answered;
}
