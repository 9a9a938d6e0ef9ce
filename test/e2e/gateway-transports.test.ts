import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { before, test } from "node:test";
import { annotated } from "../doubles/annotated.ts";
import { application, api, service } from "../doubles/applications.ts";
import { TestAuthority, type KeyPair } from "../doubles/certificates.ts";
import { eventually } from "../doubles/eventually.ts";
import { startGateway, type GatewayStart } from "../doubles/gateway.ts";
import { startIdentityProvider } from "../doubles/identity-provider.ts";
import { startSpokenTarget, type Spoken } from "../doubles/spoken-target.ts";

const MiB = 1024 * 1024;
const PATH = "/shop/orders-api/x";

let authority: TestAuthority;
let certificate: KeyPair;

before(async () => {
  authority = await TestAuthority.create();
  certificate = await authority.server();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface SceneOptions extends GatewayStart {
  readonly credentials?: {
    readonly type: string;
    readonly secretName: string;
    readonly authenticationUrl?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly encodeUrl?: boolean;
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const TRANSPORTS: readonly (readonly [name: string, spoken: Spoken, protocol: string])[] = [
  ["HTTP/1.1", "http/1.1", "http/1.1"],
  ["HTTP/2 without TLS", "h2c", "h2"],
  ["HTTP/2 over TLS", "h2", "auto"],
];

/** What holds whatever is spoken with the target. */
for (const [name, spoken, protocol] of TRANSPORTS) {
  const startScene = async (handler: Handler, options: SceneOptions = {}) => {
    const { credentials, annotations, encodeUrl, ...start } = options;
    const stack = new AsyncDisposableStack();
    const requests: IncomingMessage[] = [];
    const target = stack.use(
      await startSpokenTarget(spoken, certificate, (request, response) => {
        request.on("error", () => {});
        response.on("error", () => {});
        requests.push(request);
        handler(request, response);
      }),
    );
    const shop = application("shop", [
      service("Orders API", [api(target.url, { ...(credentials && { credentials }) })]),
    ]);
    const spec = {
      ...shop.spec,
      services: shop.spec?.services ?? [],
      ...(encodeUrl === undefined ? {} : { encodeUrl }),
    };
    const gateway = stack.use(
      await startGateway({
        authority,
        applications: [
          annotated({ ...shop, spec }, { "appconn.dev/target-protocol": protocol, ...annotations }),
        ],
        ...start,
      }),
    );
    return { target, gateway, requests, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  };

  test(`gateway transports - ${name}: headers pass both ways, with repetitions and bytes beyond ASCII`, async () => {
    await using scene = await startScene((_, response) => {
      response.writeHead(207, { "X-Own": "\u00e9", "Set-Cookie": ["a=1", "b=2"], Location: "/moved" });
      response.end("body");
    });
    const headers = [
      "X-A: \u00e9",
      "Cookie: a=1",
      "TE: trailers",
      "Connection: keep-alive, X-Hop",
      "X-Hop: 1",
    ];
    const answer = await scene.gateway.call("GET", `${PATH}?q=%2F`, { headers });
    deepEqual([answer.status, answer.text, answer.header("X-Own")], [207, "body", "\u00e9"]);
    deepEqual(answer.headerAll("Set-Cookie"), ["a=1", "b=2"]);
    equal(answer.header("Connection"), "keep-alive");
    const [request] = scene.requests;
    equal(request?.headers["x-a"], "\u00e9");
    deepEqual(
      [request?.headers.te, request?.headers.cookie, request?.headers["x-hop"]],
      ["trailers", "a=1", undefined],
    );
    equal(request?.url, "/x?q=%2F");
    equal(request?.headers[":authority"] ?? request?.headers.host, new URL(scene.target.url).host);
    equal(scene.gateway.finished[0]?.targetProtocol, spoken === "http/1.1" ? "1.1" : "2");
  });

  test(`gateway transports - ${name}: paths pass byte for byte where encodeUrl is off`, async () => {
    await using scene = await startScene((_, response) => response.end(), { encodeUrl: false });
    equal((await scene.gateway.call("GET", "/shop/orders-api/a%2fb/%zz;x/(*)?q=%C3%A4&r=")).status, 200);
    equal(scene.requests[0]?.url, "/a%2fb/%zz;x/(*)?q=%C3%A4&r=");
  });

  test(`gateway transports - ${name}: statuses, redirects and bodiless answers are those of the target`, async () => {
    await using scene = await startScene((request, response) => {
      const status = Number(new URL(request.url ?? "", "http://t").searchParams.get("status"));
      response.writeHead(status, status === 302 ? { Location: "/elsewhere" } : {});
      response.end(status === 204 || status === 304 ? undefined : "text");
    });
    for (const status of [200, 204, 304, 404, 302]) {
      equal((await scene.gateway.call("GET", `${PATH}?status=${status}`)).status, status);
    }
    const redirect = await scene.gateway.call("GET", `${PATH}?status=302`);
    match(redirect.header("Location") ?? "", /\/shop\/orders-api\/elsewhere$/);
    const failed = await scene.gateway.call("GET", `${PATH}?status=503`);
    deepEqual([failed.status, failed.header("Target-System-Status"), failed.text], [502, "503", "text"]);
    const head = await scene.gateway.call("HEAD", `${PATH}?status=200`);
    deepEqual([head.status, head.text], [200, ""]);
  });

  test(`gateway transports - ${name}: early hints and trailers pass`, async () => {
    await using scene = await startScene((_, response) => {
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.writeHead(200, { Trailer: "X-Sum" });
      response.addTrailers({ "X-Sum": "42" });
      response.end("body");
    });
    const answer = await scene.gateway.call("GET", PATH, { headers: ["TE: trailers"] });
    equal(answer.informational[0]?.header("Link"), "</a.css>; rel=preload");
    deepEqual(
      answer.trailers.map((text) => text.toLowerCase()),
      ["x-sum", "42"],
    );
  });

  test(`gateway transports - ${name}: large bodies pass whole both ways, with a length and without`, async () => {
    await using scene = await startScene((request, response) => {
      void whole(request).then((body) => response.end(body));
    });
    const body = randomBytes(6 * MiB);
    const known = await scene.gateway.call("POST", PATH, { body });
    equal(sha256(await known.body), sha256(body));
    const chunk = Buffer.concat([
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from("\r\n0\r\n\r\n"),
    ]);
    const headers = ["Transfer-Encoding: chunked"];
    const chunked = await scene.gateway.call("POST", PATH, { headers, body: chunk });
    equal(sha256(await chunked.body), sha256(body));
    equal(scene.requests[0]?.headers["content-length"], String(body.length));
    equal(scene.requests[1]?.headers["content-length"], undefined);
  });

  test(`gateway transports - ${name}: both directions stream at a time`, async () => {
    await using scene = await startScene((request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      request.pipe(response);
    });
    await using client = await scene.gateway.connect();
    await client.request("POST", PATH, { headers: ["Transfer-Encoding: chunked"] });
    await client.send("3\r\none\r\n");
    const answer = await client.head();
    for (const word of ["two", "six"]) {
      await client.send(`3\r\n${word}\r\n`);
      await eventually(() => ok(answer.text.endsWith(word)));
    }
    await client.send("0\r\n\r\n");
    equal((await answer.body).toString(), "onetwosix");
  });

  test(`gateway transports - ${name}: 401 is followed by one call with a new token and the same body`, async () => {
    await using provider = await startIdentityProvider();
    const bodies: string[] = [];
    await using scene = await startScene(
      (request, response) => {
        void whole(request).then((body) => {
          bodies.push(body.toString());
          response.writeHead(request.headers.authorization === "Bearer token-1" ? 401 : 200).end();
        });
      },
      {
        credentials: { type: "OAuth", secretName: "s", authenticationUrl: provider.tokenUrl },
        secrets: { s: { clientId: "id", clientSecret: "secret" } },
      },
    );
    const body = "x".repeat(100_000);
    equal((await scene.gateway.call("POST", PATH, { body })).status, 200);
    deepEqual(
      bodies.map(({ length }) => length),
      [100_000, 100_000],
    );
    deepEqual(
      scene.requests.map(({ headers }) => headers.authorization),
      ["Bearer token-1", "Bearer token-2"],
    );
  });

  test(`gateway transports - ${name}: a target that does not answer in time is 504, and hears that nobody waits`, async () => {
    const left = Promise.withResolvers<void>();
    await using scene = await startScene((_, response) => response.on("close", () => left.resolve()), {
      annotations: { "appconn.dev/timeout": "200ms" },
    });
    // The time may be up before there is a connection.
    do equal((await scene.gateway.call("GET", PATH)).status, 504);
    while (scene.requests.length === 0);
    await left.promise;
  });

  test(`gateway transports - ${name}: an answer that stops in its body is cut, and so is one whose caller goes`, async () => {
    let left = 0;
    await using scene = await startScene(
      (_, response) => {
        response.on("close", () => left++);
        response.writeHead(200);
        response.write("begun");
      },
      { annotations: { "appconn.dev/stream-idle-timeout": "200ms" } },
    );
    await rejects(scene.gateway.call("GET", PATH));
    await eventually(() => equal(left, 1));
    {
      await using client = await scene.gateway.connect();
      await client.request("GET", PATH);
      await client.head();
    }
    await eventually(() => equal(left, 2));
    await scene.gateway.inFlight(0);
  });

  test(`gateway transports - ${name}: an answer that its target cuts off is a broken one, never a shorter one`, async () => {
    await using scene = await startScene((_, response) => {
      response.writeHead(200);
      response.write("begun", () => response.destroy());
    });
    const outcome = await scene.gateway.call("GET", PATH).then(
      ({ status }) => status,
      () => "broken",
    );
    // Nothing may have left for the caller by then.
    ok(outcome === "broken" || outcome === 502, String(outcome));
  });

  test(`gateway transports - ${name}: a target that is not there is 502, as often as retries say`, async () => {
    await using scene = await startScene(() => {}, {
      annotations: { "appconn.dev/retry-attempts": "2", "appconn.dev/retry-on": "connect" },
    });
    await scene.target[Symbol.asyncDispose]();
    equal((await scene.gateway.call("GET", PATH)).status, 502);
    deepEqual(
      [scene.gateway.finished[0]?.attempts, scene.gateway.finished[0]?.targetProtocol],
      [3, undefined],
    );
  });
}
