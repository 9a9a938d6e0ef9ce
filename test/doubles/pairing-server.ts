import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { ClientSigner } from "../../src/pki/client-signer.ts";
import { EXPECTED, P256 } from "./certificate-requests.ts";
import { makeAuthority, type MadeAuthority } from "./client-authorities.ts";
import { openssl } from "./openssl.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export type Step = "info" | "certificates" | "management" | "renewals" | "revocations";

/** How the server takes one request; after the last of a step's behaviours it does as it should. */
export type Behaviour =
  | "answer"
  | "hang"
  | "reset"
  | "garbage"
  | "huge"
  /** Does all of it, and closes the connection in place of the answer. */
  | "forget"
  | { readonly status: number; readonly error: string }
  /** Answers with something else than it should. */
  | ((right: Readonly<Record<string, unknown>>) => unknown);

export interface SeenRequest {
  readonly step: Step | "unknown";
  readonly body: string;
  /** Subject's CN of the client certificate. */
  readonly client: string | undefined;
}

const PATHS: Readonly<Record<string, Step>> = {
  "GET /v1/applications/signingRequests/info": "info",
  "POST /v1/applications/certificates": "certificates",
  "GET /v1/applications/management/info": "management",
  "POST /v1/applications/certificates/renewals": "renewals",
  "POST /v1/applications/certificates/revocations": "revocations",
};
const DAY = 86_400_000;
const PREFIX = "https://";

interface Party {
  readonly server: MadeAuthority;
  readonly client: MadeAuthority;
}

/** Made once: the keys cost more than the tests. */
let parties: Party | undefined;

function authorities(): Party {
  parties ??= {
    server: makeAuthority({ key: P256, subject: "/CN=Test server CA" }),
    client: makeAuthority({ key: P256, subject: "/CN=Test client CA" }),
  };
  return parties;
}

/**
 * A connector as an external system sees it: a host for links and one for certificates, over real TLS, with
 * certificates made by the `openssl` program. It can lie, hang, reset and answer garbage.
 */
export class PairingServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  /** How many connections were made to the host for links, and how many of them carried a request. */
  readonly connections = { made: 0, used: 0 };
  readonly authority: MadeAuthority;
  readonly clientAuthority: MadeAuthority;
  readonly revoked = new Set<string>();
  /** What `info` and `management` tell. */
  subject = "O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop";
  keyAlgorithm = "ec-p256";
  days = 90;
  /** How many days ago certificates began; of these, `openssl` cannot make any. */
  age = 0;
  readonly #tokens = new Set<string>();
  readonly #behaviours = new Map<Step, Behaviour[]>();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<TLSSocket>();
  #count = 0;

  private constructor({ server, client }: Party) {
    this.authority = server;
    this.clientAuthority = client;
  }

  /** `names` are those of the server's certificate; `isChainSent`: whether the authority is shown beside it. */
  static async start(
    options: { readonly names?: readonly string[]; readonly isChainSent?: boolean } = {},
  ): Promise<PairingServer> {
    const double = new PairingServer(authorities());
    const { names = ["connector-service.localhost", "gateway.localhost"], isChainSent = true } = options;
    const leaf = makeAuthority({
      key: P256,
      subject: "/CN=server",
      days: 2,
      signer: double.authority,
      extensions: [
        "basicConstraints=critical,CA:false",
        "extendedKeyUsage=serverAuth",
        `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
      ],
    });
    const cert = leaf.certificate + (isChainSent ? double.authority.certificate : "");
    const mutual = { requestCert: true, rejectUnauthorized: true, ca: double.clientAuthority.certificate };
    for (const more of [{}, mutual]) {
      // eslint-disable-next-line no-await-in-loop -- two
      await double.#listen(createServer({ key: leaf.key, cert, ...more }));
    }
    return double;
  }

  get tokenHost(): string {
    return `${PREFIX}connector-service.localhost:${this.#port(0)}`;
  }

  get certificateHost(): string {
    return `${PREFIX}gateway.localhost:${this.#port(1)}`;
  }

  get authorityHash(): string {
    return createHash("sha256").update(new X509Certificate(this.authority.certificate).raw).digest("hex");
  }

  /** A link with an unspent token. */
  link(fragment = `#ca-sha256=${this.authorityHash}`): string {
    return `${this.tokenHost}/v1/applications/signingRequests/info?token=${this.#newToken()}${fragment}`;
  }

  /** The next requests of a step are taken so, one each. */
  behave(step: Step, ...behaviours: readonly Behaviour[]): void {
    this.#behaviours.set(step, [...behaviours]);
  }

  steps(): readonly string[] {
    return this.requests.map(({ step }) => step);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.map((server) => new Promise<void>((resolve) => void server.close(() => resolve()))),
    );
  }

  async #listen(server: Server): Promise<void> {
    const isFirst = this.#servers.length === 0;
    this.#servers.push(server);
    server.on("secureConnection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => void this.#sockets.delete(socket));
      if (isFirst) this.connections.made++;
    });
    server.on("tlsClientError", (_error, socket) => void socket.destroy());
    server.on("request", (request, response) => {
      if (isFirst) this.connections.used++;
      // A connection that a behaviour destroys is nobody's fault.
      this.#take(request, response, isFirst).catch(() => void request.socket.destroy());
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  }

  #port(index: number): number {
    return (this.#servers[index]!.address() as AddressInfo).port;
  }

  #newToken(): string {
    const token = `t${++this.#count}${"x".repeat(60)}==`;
    this.#tokens.add(token);
    return token;
  }

  async #take(request: IncomingMessage, response: ServerResponse, isTokenHost: boolean): Promise<void> {
    const url = new URL(request.url ?? "/", this.tokenHost);
    const step = PATHS[`${request.method} ${url.pathname}`];
    const socket = request.socket as TLSSocket;
    const client = isTokenHost ? undefined : socket.getPeerX509Certificate();
    const body = (await buffer(request)).toString();
    this.requests.push({ step: step ?? "unknown", body, client: client && commonNameOf(client) });
    if (!step) return send(response, 404, { code: 404, error: "Requested resource could not be found." });
    const behaviour = this.#behaviours.get(step)?.shift() ?? "answer";
    if (behaviour === "hang") return;
    if (behaviour === "reset") return void socket.resetAndDestroy();
    if (behaviour === "garbage") return void response.writeHead(200).end("<html>Welcome</html>");
    if (behaviour === "huge") return void response.writeHead(200).end(Buffer.alloc(4 * 1024 * 1024, 0x20));
    if (typeof behaviour === "object") {
      return send(response, behaviour.status, { code: behaviour.status, error: behaviour.error });
    }
    const { status, value } = await this.#answer(step, {
      token: url.searchParams.get("token"),
      body,
      client,
    });
    if (behaviour === "forget") return void socket.destroy();
    send(response, status, typeof behaviour === "function" ? behaviour(value) : value);
  }

  async #answer(step: Step, { token, body, client }: Asked): Promise<Answer> {
    if (client && step !== "revocations" && this.revoked.has(hashOf(client))) {
      return refusal(403, "Certificate has been revoked.");
    }
    if (!client && !this.#tokens.has(token ?? "")) return refusal(403, "Invalid token.");
    if (!client) this.#tokens.delete(token ?? "");
    switch (step) {
      case "info":
        return { status: 200, value: this.#info() };
      case "management":
        return { status: 200, value: this.#management(client) };
      case "certificates":
      case "renewals":
        return { status: 201, value: await this.#issue(body) };
      case "revocations":
        if (client) this.revoked.add(hashOf(client));
        return { status: 201, value: {} };
    }
  }

  #info(): Record<string, unknown> {
    const { metadataUrl, eventsUrl, eventsInfoUrl } = this.#urls();
    const certificatesUrl = `${this.tokenHost}/v1/applications/certificates`;
    const infoUrl = `${this.certificateHost}/v1/applications/management/info`;
    return {
      csrUrl: `${certificatesUrl}?token=${this.#newToken()}`,
      api: { eventsInfoUrl, eventsUrl, metadataUrl, infoUrl, certificatesUrl },
      certificate: this.#certificate(),
    };
  }

  #management(client: X509Certificate | undefined): Record<string, unknown> {
    const application = client && commonNameOf(client);
    return { clientIdentity: { application }, urls: this.#urls(), certificate: this.#certificate() };
  }

  #urls() {
    const host = this.certificateHost;
    return {
      eventsInfoUrl: `${host}/shop/v1/events/subscribed`,
      eventsUrl: `${host}/shop/v1/events`,
      metadataUrl: `${host}/shop/v1/metadata/services`,
      renewCertUrl: `${host}/v1/applications/certificates/renewals`,
      revokeCertUrl: `${host}/v1/applications/certificates/revocations`,
    };
  }

  #certificate() {
    return { subject: this.subject, extensions: "", "key-algorithm": this.keyAlgorithm };
  }

  async #issue(body: string): Promise<Record<string, unknown>> {
    const { csr } = JSON.parse(body) as { csr: string };
    const request = Buffer.from(csr, "base64").toString();
    const client = this.age === 0 ? this.#sign(request) : await this.#signAged(request);
    const authority = this.clientAuthority.certificate;
    return { crt: encode(client + authority), clientCrt: encode(client), caCrt: encode(authority) };
  }

  /** The certificate for a request, by `openssl`, which checks the request's signature. PEM. */
  #sign(request: string): string {
    const signer = this.clientAuthority;
    using directory = new TemporaryDirectory();
    const file = (name: string, content: string): string => {
      writeFileSync(join(directory.path, name), content);
      return join(directory.path, name);
    };
    return openssl(
      ...["x509", "-req", "-in", file("csr", request), "-sha256", "-days", String(this.days)],
      ...["-CA", file("ca", signer.certificate), "-CAkey", file("key", signer.key)],
      ...["-extfile", file("ext", "basicConstraints=critical,CA:false\nextendedKeyUsage=clientAuth\n")],
    );
  }

  async #signAged(request: string): Promise<string> {
    using directory = new TemporaryDirectory();
    const file = join(directory.path, "csr");
    writeFileSync(file, request);
    const publicKey = createPublicKey(openssl("req", "-in", file, "-noout", "-pubkey"));
    const { certificate, key } = this.clientAuthority;
    const signer = await ClientSigner.create(certificate, createPrivateKey(key));
    const validity = this.days * DAY;
    const order = { publicKey, subject: EXPECTED.fields, commonName: "shop", validity };
    return (await signer.sign({ ...order, now: Date.now() - this.age * DAY })).certificate;
  }
}

interface Asked {
  readonly token: string | null;
  readonly body: string;
  readonly client: X509Certificate | undefined;
}

interface Answer {
  readonly status: number;
  readonly value: Readonly<Record<string, unknown>>;
}

function refusal(code: number, error: string): Answer {
  return { status: code, value: { code, error } };
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json;charset=UTF-8" });
  response.end(`${JSON.stringify(value)}\n`);
}

function commonNameOf({ subject }: X509Certificate): string | undefined {
  return /^CN=(.*)$/m.exec(subject)?.[1];
}

function hashOf({ raw }: X509Certificate): string {
  return createHash("sha256").update(raw).digest("hex");
}

function encode(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
