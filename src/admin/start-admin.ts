import { mkdir } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Kind } from "../core/resources/kind.ts";
import { startListener, type Listener } from "../http/listener.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { writePrivateFile } from "../pki/private-file.ts";
import type { ServerCertificate } from "../pki/server-certificate.ts";
import type { Live } from "../telemetry/live/live.ts";
import type { Store } from "../stores/store.ts";
import { createAdminApi, type AdminApi } from "./create-admin-api.ts";
import { AccessTokens } from "./identity/access-tokens.ts";
import { AdminToken } from "./identity/admin-token.ts";
import { kubeconfigText, type GatewayAddresses } from "../core/kubeconfig.ts";
import { ADMIN_USER, RootCaller } from "./identity/root-caller.ts";
import type { AdminOptions } from "./options.ts";
import { mayUseDocuments } from "./with-documents.ts";

export interface AdminStart {
  readonly options: AdminOptions;
  /** The data directory: `admin-token` and `kubeconfig` are written there. */
  readonly directory: string;
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly certificate: ServerCertificate;
  /** Where the Secrets are that Applications name. */
  readonly credentialsNamespace: string;
  /** Where the gateway of the same process is called; undefined where there is none. */
  readonly gateway?: GatewayAddresses | undefined;
  /** The connector's internal API, where it runs in the same process. */
  readonly internal?: RequestHandler | undefined;
  /** What happens in this process, for streams below /v1/live. */
  readonly live?: Live | undefined;
  /** The document store, where it runs in the same process. */
  readonly documents?: RequestHandler | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of every error that is no refusal, for the log. */
  readonly surprised: (error: unknown) => void;
}

export interface Admin extends AsyncDisposable {
  /** Where clients on this machine reach it: `https://127.0.0.1:8090`. */
  readonly origin: string;
  readonly kubeconfig: string;
  readonly tokenFile: string;
  /** Whether whoever sent the request may use the document store. */
  authorises(request: IncomingMessage): boolean;
  /** Ends watches, waits up to `admin.drain` for other answers, closes the port. */
  close(): Promise<void>;
}

/**
 * Serves the admin API with all it needs of the data directory: a token, a certificate that is renewed, and
 * a kubeconfig that fits both.
 */
export async function startAdmin(start: AdminStart): Promise<Admin> {
  const { options, directory, certificate, clock } = start;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const token = await AdminToken.open(directory, clock);
  const { store, surprised } = start;
  using stack = new DisposableStack();
  const access = stack.use(await AccessTokens.open({ records: store.access, clock, surprised }));
  const identities = { root: stack.use(new RootCaller(token, clock)), access };
  const { maxRequests, maxWatches } = options;
  const api = await createAdminApi({ ...start, identities, maxRequests, maxWatches });
  const listener = await listen(start, api);
  const origin = `https://${clientHost(options.host)}:${listener.port}`;
  const kubeconfig = join(directory, "kubeconfig");
  const write = () =>
    writePrivateFile(
      kubeconfig,
      kubeconfigText({
        server: origin,
        authority: certificate.authority,
        user: ADMIN_USER,
        token: token.value,
        gateway: start.gateway,
      }),
    );
  await write();
  stack.use(certificate.onRenewed(() => listener.renewTls(certificate.current)));
  stack.use(token.onReplaced(() => void write().catch(surprised)));
  const listening = stack.move();
  const close = async () => {
    listening.dispose();
    await Promise.all([api.close(), listener.close(options.drain)]);
  };
  const tokenFile = join(directory, "admin-token");
  const authorises = (request: IncomingMessage) => mayUseDocuments(request, identities);
  return { origin, kubeconfig, tokenFile, authorises, close, [Symbol.asyncDispose]: close };
}

async function listen({ options, certificate }: AdminStart, api: AdminApi): Promise<Listener> {
  const { host, port } = options;
  try {
    return await startListener({
      host,
      port,
      setting: "admin.port",
      handler: api.handler,
      tls: certificate.current,
      // Elsewhere a token would cross the network in the clear.
      alsoPlain: isLoopback(host),
    });
  } catch (error) {
    await api.close();
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** An address of all interfaces is none to connect to. */
function clientHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIPv6(host) ? `[${host}]` : host;
}
