import { ok } from "node:assert/strict";
import type { TestContext } from "node:test";
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import { connectorSettings, type ConnectorOptions } from "../../src/connector/options.ts";
import { startConnector, type Connector } from "../../src/connector/start.ts";
import { ClientAuthority } from "../../src/pki/client-authority.ts";
import { RevocationSet } from "../../src/pki/revocations.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../src/stores/store.ts";
import { encode, makeRequest } from "./certificate-requests.ts";
import { eventually } from "./eventually.ts";
import { openOutbound } from "./outbound.ts";
import { defaultsOf } from "./setting-defaults.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface ConnectorScene {
  readonly connector: Connector;
  readonly store: Store;
  readonly authority: ClientAuthority;
  readonly revocations: RevocationSet;
  readonly directory: string;
  readonly internal: string;
  readonly external: string;
  readonly warnings: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

export type SceneOptions = Partial<Omit<ConnectorOptions, "tokenRequests">> & {
  readonly tokenRequests?: Partial<ConnectorOptions["tokenRequests"]>;
  readonly clock?: Clock;
  /** Replaces parts of the authority or of the store. */
  readonly authority?: (authority: ClientAuthority) => ClientAuthority;
  readonly store?: (store: Store) => Store;
  /** The list of revocations is never read. */
  readonly withoutRevocations?: boolean;
};

/** The connector alone, with listeners of its own; the test is the proxy that it trusts. */
export async function connectorScene(
  context: TestContext,
  given: SceneOptions = {},
): Promise<ConnectorScene> {
  const {
    clock = systemClock,
    authority: ofAuthority,
    store: ofStore,
    withoutRevocations,
    ...options
  } = given;
  const stack = new AsyncDisposableStack();
  context.after(() => stack.disposeAsync());
  const { path: directory } = stack.use(new TemporaryDirectory());
  const opened = stack.use(await openSqliteStore({ directory, clock }));
  const store = ofStore?.(opened) ?? opened;
  const own = await ClientAuthority.open({ directory: join(directory, "pki"), clock });
  const authority = ofAuthority?.(own) ?? own;
  const revocations = new RevocationSet();
  const stopping = new AbortController();
  const { signal } = stopping;
  const following = withoutRevocations
    ? undefined
    : revocations.follow(opened.pairing.watchRevocations({ signal }));
  stack.defer(async () => {
    stopping.abort();
    await following;
  });
  const { connections, policy } = stack.use(await openOutbound());
  const warnings: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const defaults = defaultsOf(connectorSettings);
  const connector = stack.use(
    await startConnector({
      options: {
        ...defaults,
        internalPort: 0,
        externalPort: 0,
        trustedXfccProxies: ["127.0.0.0/8"],
        ...options,
        tokenRequests: { ...defaults.tokenRequests, ...options.tokenRequests },
      },
      store,
      authority,
      revocations,
      hosts: () => ({
        connectorService: "connector-service.kyma.example.com",
        gateway: "gateway.kyma.example.com",
      }),
      connections,
      policy,
      listens: { internal: true, external: true },
      clock,
      warn: (message, fields) => warnings.push({ message, fields }),
    }),
  );
  if (!withoutRevocations) await eventually(() => ok(revocations.isLoaded));
  const { internalOrigin: internal = "", externalOrigin: external = "" } = connector;
  return { connector, store, authority, revocations, directory, internal, external, warnings };
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

/** node:http and not fetch, which would tidy the path. */
export async function call(
  origin: string,
  path: string,
  { method = "GET", headers = {}, body }: Sent = {},
): Promise<Got> {
  const { hostname, port } = new URL(origin);
  const sent = httpRequest({ hostname, port, path, method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  // Who has the answer may be cut off from what is left of a body that nobody wanted.
  sent.on("error", () => {});
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: bytes.toString(), bytes };
}

/** The members of a JSON answer as texts. */
export function textsIn(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Record<string, string>;
}

/** A new pairing token, as administrators get it. */
export async function newToken(
  { internal }: Pick<ConnectorScene, "internal">,
  headers: Readonly<Record<string, string>> = { Application: "shop" },
): Promise<string> {
  const { text } = await call(internal, "/v1/applications/tokens", { method: "POST", headers });
  return textsIn(text)["token"] ?? "";
}

export const CERTIFICATES = "/v1/applications/certificates";

let request: string | undefined;

/** The body of a good request for the Application shop; its key is made once. */
export function shopRequest(): string {
  request ??= JSON.stringify({ csr: encode(makeRequest().request) });
  return request;
}

/** What a proxy says of a certificate. */
export function forwarded(
  hash: string,
  subject = "CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE",
) {
  return { "X-Forwarded-Client-Cert": `Hash=${hash};Subject="${subject}";URI=` };
}
