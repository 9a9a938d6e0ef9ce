import { once } from "node:events";
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { SecureContextOptions } from "node:tls";
import type { RunningGateway } from "../contenders/gateway.ts";
import { pair } from "../mutual/pair.ts";
import { openApi } from "./open-api.ts";
import { TimedReader } from "./timed-reader.ts";

const SERVER_NAME = "gateway.localhost";

/** What a connected system asks of the metadata API, with its certificate and over kept connections. */
export class MetadataClient implements Disposable {
  readonly #port: number;
  readonly #identity: SecureContextOptions;
  readonly #agent: Agent;
  readonly #path: string;

  private constructor(port: number, application: string, identity: SecureContextOptions) {
    this.#port = port;
    this.#identity = identity;
    this.#path = `/${application}/v1/metadata/services`;
    this.#agent = new Agent({ ...identity, keepAlive: true, servername: SERVER_NAME });
  }

  /** Pairs first. */
  static async open(gateway: RunningGateway, application: string): Promise<MetadataClient> {
    const ca = readFileSync(join(gateway.dataDirectory, "pki", "server-ca.crt"), "utf8");
    const identity = await pair(await gateway.admin.createToken(application), ca, application);
    return new MetadataClient(gateway.ingressPort, application, identity);
  }

  /** The id of a service that was registered with a body of `registration`. */
  async register(body: string): Promise<string> {
    return (JSON.parse(await this.#send("POST", "", body)) as { readonly id: string }).id;
  }

  /** Of single services, by a connection of its own; `pathOf` says what to read. */
  async reader(): Promise<TimedReader> {
    return await TimedReader.open({
      ...this.#identity,
      host: "127.0.0.1",
      port: this.#port,
      servername: SERVER_NAME,
    });
  }

  pathOf(id: string): string {
    return `${this.#path}/${id}`;
  }

  /** How many services there are. */
  async list(): Promise<number> {
    return (JSON.parse(await this.#send("GET", "")) as readonly unknown[]).length;
  }

  /** Resolves when the documents of a service have been checked. */
  async checked(id: string): Promise<void> {
    await this.#send("GET", `/${id}/specs`);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #send(method: "GET" | "POST", path: string, body?: string): Promise<string> {
    const sent = request({
      host: "127.0.0.1",
      port: this.#port,
      path: this.#path + path,
      method,
      agent: this.#agent,
      headers: { Host: SERVER_NAME, "Content-Type": "application/json" },
    });
    sent.end(body);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const content = await text(answer);
    if (answer.statusCode !== 200)
      throw new Error(`${method} ${path} answered ${answer.statusCode}: ${content}`);
    return content;
  }
}

/** A registration of an API with Basic credentials and a document of 50 KB. */
export function registration(index: number, targetUrl: string): string {
  return JSON.stringify({
    provider: "Bench",
    name: `Service ${index}`,
    description: "an API of the benchmark",
    api: {
      targetUrl,
      credentials: { basic: { username: "bench", password: "bench" } },
      spec: openApi(index),
    },
  });
}
