import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import { reasonOf } from "../core/failures.ts";
import { isPlainObject, ownValue } from "../core/plain-object.ts";
import { parseTargetUrl } from "../core/target-url.ts";
import type { Connections } from "../outbound/connections.ts";
import type { EgressPolicy } from "../outbound/egress-policy.ts";
import { exchange } from "../outbound/exchange.ts";
import { tlsIdentity } from "../outbound/tls-identity.ts";
import { connectorFailure } from "./answer.ts";
import type { PairingContext } from "./pairing-context.ts";

const TIMEOUT = 30_000;
const LARGEST_ANSWER = 1024 * 1024;

export interface GatewayLookupOptions {
  /** A JSON file `{url, headers}`, or the directory of a `config.json`. */
  readonly path: string;
  readonly connections: Connections;
  readonly policy: EgressPolicy;
  readonly clock: Clock;
}

interface Service {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks a GraphQL service where the gateway of each Application is (connector spec §10, `lookupEnabled`). */
export class GatewayLookup {
  readonly #options: GatewayLookupOptions;

  constructor(options: GatewayLookupOptions) {
    this.#options = options;
  }

  /** Empty where the service does not know. CONNECTOR_LOOKUP_FAILED says why there is no answer. */
  async urlOf(context: PairingContext): Promise<string> {
    const service = await this.#service();
    const url = parseTargetUrl(service.url);
    if ("kind" in url) throw failed("the url of the service is none");
    const path = `${url.path || "/"}${url.query === "" ? "" : `?${url.query}`}`;
    const body = Buffer.from(JSON.stringify({ query: queryFor(context) }));
    const headers = { "Content-Type": "application/json", ...service.headers };
    const { connections, policy, clock } = this.#options;
    const timeout = new AbortController();
    using _timer = clock.after(TIMEOUT, () => timeout.abort(new Error("no answer within 30s")));
    const answer = await exchange(
      {
        method: "POST",
        origin: url.origin,
        disguised: url.disguised,
        path,
        headers: [],
        privateHeaders: Object.entries(headers).flat(),
        body,
        tls: tlsIdentity(true),
        responseBody: "buffer",
        maxResponseBytes: LARGEST_ANSWER,
      },
      { connections, policy, signal: timeout.signal },
    );
    if (answer.kind !== "answer") throw failed(answer.reason);
    if (answer.status !== 200) throw failed(`the service answered ${answer.status}`);
    return gatewayIn(answer.body);
  }

  /** Read for each request: it is a mounted ConfigMap, which changes without a word. */
  async #service(): Promise<Service> {
    const { path } = this.#options;
    try {
      const isDirectory = (await stat(path)).isDirectory();
      const content: unknown = JSON.parse(
        await readFile(isDirectory ? join(path, "config.json") : path, "utf8"),
      );
      const service = isPlainObject(content) ? content : {};
      const { url, headers = {} } = service;
      if (typeof url !== "string" || !isTexts(headers)) throw new Error("it is not {url, headers}");
      return { url, headers };
    } catch (error) {
      // A parser's message quotes the file, whose headers are secret.
      const reason = error instanceof SyntaxError ? "it is no JSON" : reasonOf(error);
      throw failed(`The file of the service cannot be read: ${reason}`, error);
    }
  }
}

/** JSON's escapes are GraphQL's too, so that no name can end its text. */
function queryFor({ application, tenant = "", group = "" }: PairingContext): string {
  const where = `accountId: ${JSON.stringify(tenant)}, groupName: ${JSON.stringify(group)}, appName: ${JSON.stringify(application)}`;
  return `{ applications(where: {${where}}) { name account { id } groups { id name clusters { id name endpoints { gateway } } } } }`;
}

const WAY = ["data", "applications", "0", "groups", "0", "clusters", "0", "endpoints", "gateway"];

function gatewayIn(body: Buffer): string {
  let found: unknown;
  try {
    found = JSON.parse(body.toString("utf8"));
  } catch {
    throw failed("the service's answer is no JSON");
  }
  for (const step of WAY) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isPlainObject(found) ? ownValue(found, step) : undefined;
  }
  return typeof found === "string" ? found : "";
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isPlainObject(value) && Object.values(value).every((text) => typeof text === "string");
}

function failed(reason: string, cause?: unknown): Error {
  return connectorFailure("CONNECTOR_LOOKUP_FAILED", [reason], { cause });
}
