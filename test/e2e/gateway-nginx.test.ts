import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { annotated } from "../doubles/annotated.ts";
import { api, application, service } from "../doubles/applications.ts";
import { TestAuthority } from "../doubles/certificates.ts";
import { startGateway, type Gateway } from "../doubles/gateway.ts";
import { FILE_HASH, NginxTarget } from "../doubles/nginx-target.ts";
import { systemProgram } from "../tools/system-program.ts";

const nginx = systemProgram("nginx", "nginx-light");

/** What an API is called, what its annotation says, where it is, and what nginx says is spoken (nothing for HTTP/1.1). */
const APIS = [
  ["secure", "h2", "h2", "h2"],
  ["plain", "h2", "h2c", "h2c"],
  ["chosen", "auto", "h2", "h2"],
  ["chosen-otherwise", "auto", "http1", ""],
  ["unsaid", undefined, "http1", ""],
] as const;

async function startScene(requestsPerConnection?: number) {
  const authority = await TestAuthority.create();
  await using stack = new AsyncDisposableStack();
  const target = stack.use(
    await NginxTarget.start({
      path: nginx.path ?? "",
      certificate: await authority.server(),
      clients: authority.crt,
      ...(requestsPerConnection && { requestsPerConnection }),
    }),
  );
  const credentials = { type: "CertificateGen", secretName: "client" };
  const services = APIS.map(([name, , place]) => service(name, [api(target[place], { credentials })]));
  const annotations = Object.fromEntries(
    APIS.flatMap(([name, protocol]) => (protocol ? [[`${name}.appconn.dev/target-protocol`, protocol]] : [])),
  );
  const gateway = stack.use(
    await startGateway({
      applications: [annotated(application("shop", services), annotations)],
      secrets: { client: { ...(await authority.client("shop")) } },
      authority,
    }),
  );
  const running = stack.move();
  return { target, gateway, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** As many calls one after the other, how each ended and over which connection. */
async function calls(gateway: Gateway, count: number, post: boolean): Promise<readonly string[]> {
  const ends: string[] = [];
  for (let number = 0; number < count; number++) {
    const name = number % 2 === 0 ? "secure" : "plain";
    const body = post ? "x".repeat(2000) : undefined;
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is meant
    const answer = await gateway.call(post ? "POST" : "GET", `/shop/${name}/connection`, { body });
    ends.push(`${answer.status} ${answer.text}`);
  }
  return ends;
}

suite("gateway and nginx", { skip: nginx.skip }, () => {
  test("gateway and nginx - what is called, sent and answered is the same over each version of HTTP", async () => {
    await using scene = await startScene();
    for (const [name, , place, spoken] of APIS) {
      const call = (path: string, headers: string[] = [], method = "GET") =>
        scene.gateway.call(method, `/shop/${name}/${path}`, { headers });
      // oxlint-disable no-await-in-loop -- each has its connections
      const told = await call("told?x=%2F&y", ["Authorization: Basic eDp5"]);
      deepEqual(JSON.parse(told.text), {
        spoken,
        uri: "/told?x=%2F&y",
        client: place === "h2c" ? "" : "CN=shop",
        authorization: "Basic eDp5",
      });
      const file = await call("file");
      equal(
        createHash("sha256")
          .update(await file.body)
          .digest("hex"),
        FILE_HASH,
        name,
      );
      const head = await call("file", [], "HEAD");
      deepEqual([head.status, head.header("Content-Length"), head.text], [200, "1048576", ""]);
      const zipped = await call("told", ["Accept-Encoding: gzip"]);
      equal(zipped.header("Content-Encoding"), "gzip");
      equal(JSON.parse(gunzipSync(await zipped.body).toString()).uri, "/told");
      match((await call("moved")).header("Location") ?? "", new RegExp(`/shop/${name}/told/there$`));
      const broken = await call("broken");
      deepEqual([broken.status, broken.header("Target-System-Status")], [502, "503"]);
      // oxlint-enable no-await-in-loop
    }
  });

  test("gateway and nginx - connections that it ends after some requests, or at its reload, cost no call", async () => {
    await using scene = await startScene(10);
    const { gateway, target } = scene;
    const callers = Array.from({ length: 8 }, (_, index) => calls(gateway, 60, index % 2 === 1));
    const reloading = (async () => {
      // oxlint-disable no-await-in-loop -- in the middle of calls, twice
      for (const _ of [1, 2]) {
        await calls(gateway, 10, false);
        target.reload();
      }
      // oxlint-enable no-await-in-loop
    })();
    const ends = (await Promise.all(callers)).flat();
    await reloading;
    equal(ends.length, 480);
    deepEqual(
      ends.filter((end) => !end.startsWith("200 connection-")),
      [],
    );
    equal(new Set(ends).size >= 48, true, `${new Set(ends).size} connections`);
  });
});
