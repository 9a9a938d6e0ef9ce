import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import { startListener, type Listener } from "../http/listener.ts";
import { NetworkList } from "../http/network-list.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import type { Connections } from "../outbound/connections.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Store } from "../stores/store.ts";
import { elsewhere } from "./elsewhere.ts";
import type { ValidatorOptions } from "./options.ts";
import { validatedApplication, type ValidatedApplication } from "./validated-application.ts";
import { validator } from "./validator.ts";

export interface ValidatorStart {
  readonly store: Store;
  readonly options: ValidatorOptions;
  readonly central: boolean;
  readonly connections: Connections;
  /** The components of this process; an option that names a host elsewhere goes before them. */
  readonly upstreams: { readonly registry: RequestHandler; readonly events: RequestHandler };
  /** Whether it is reached through our ingress alone, or has a listener for a proxy that sets the header. */
  readonly listens: boolean;
  /** By lower-case hex SHA-256 of the certificate's DER. */
  readonly revoked: (hash: string) => boolean;
  readonly clock: Clock;
  /** For what an operator should know; never holds a secret. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Validator extends AsyncDisposable {
  readonly handler: RequestHandler;
  /** Where it listens, if it does. */
  readonly origin: string | undefined;
  close(): Promise<void>;
}

/** Reads all Applications before it answers the first request. */
export async function startValidator(start: ValidatorStart): Promise<Validator> {
  const { store, options, central, clock, warn } = start;
  await using stack = new AsyncDisposableStack();
  const known = new Map<string, ValidatedApplication>();
  const applications: FollowedCollection<Application> = stack.use(
    new FollowedCollection<Application>({
      collection: store.collection<Application>(applicationKind),
      changed: (name) => {
        const application = applications.get(name);
        const validated = application && validatedApplication(application);
        if (validated) known.set(name, validated);
        else known.delete(name);
      },
      interrupted: (error) => warn("a watch of the store broke off and is begun again", { error }),
      clock,
    }),
  );
  await applications.synced;
  const trusted = new NetworkList(start.listens ? options.trustedXfccProxies : []);
  const handler = validator({
    options,
    central,
    application: (name) => known.get(name),
    upstreams: upstreamsOf(start),
    revoked: start.revoked,
    trusts: ({ socket }: IncomingMessage) => trusted.contains(socket.remoteAddress ?? ""),
  });
  const listener = start.listens ? stack.use(await listen(options, handler)) : undefined;
  const running = stack.move();
  return {
    handler,
    origin: listener?.origin,
    close: () => running.disposeAsync(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function upstreamsOf({ options, connections, upstreams, warn }: ValidatorStart) {
  const { registryHost, eventingPublisherHost, upstreamTimeout: timeout } = options;
  const at = (host: string, own: RequestHandler): RequestHandler =>
    host === ""
      ? own
      : elsewhere({
          host,
          connections,
          timeout,
          unreachable: (error) => warn("an upstream of the validator gave no answer", { host, error }),
        });
  return {
    registry: at(registryHost, upstreams.registry),
    events: at(eventingPublisherHost, upstreams.events),
  };
}

function listen({ host, port }: ValidatorOptions, handler: RequestHandler): Promise<Listener> {
  return startListener({ host, port, setting: "validator.port", handler });
}
