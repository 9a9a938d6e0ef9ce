import type { SecureContext } from "node:tls";
import type { Clock } from "../core/clock.ts";
import type { SocketProxy, SocketTarget } from "./http1/open-socket.ts";
import type { ForwardedRequest, OutgoingRequest, ResponseReceiver } from "./outgoing-request.ts";

/** The connections to one origin under one TLS identity, whatever is spoken over them. */
export interface TargetPool {
  /** No connection is open, being opened or about to be. */
  readonly empty: boolean;
  /** The receiver hears nothing before this has returned. */
  forward(request: OutgoingRequest, receiver: ResponseReceiver): ForwardedRequest;
  /** Closes connections that have been idle for too long. */
  sweep(): void;
  /** Cuts every connection; later calls fail. */
  close(): void;
}

export interface PoolOptions {
  /** `http://host:port` as `URL.origin` writes it. */
  readonly origin: string;
  readonly tls: PoolTls | undefined;
  readonly proxy: SocketProxy | undefined;
  /** Why nothing may be sent to this origin. */
  readonly refusal?: Error | undefined;
  readonly lookup: SocketTarget["lookup"];
  readonly observer?: SocketTarget["observer"];
  /** Milliseconds for all of it: name, TCP, proxy and TLS. */
  readonly connectTimeout: number;
  /** Milliseconds that an idle connection is kept. */
  readonly idleTimeout: number;
  readonly clock: Clock;
}

export interface PoolTls {
  /** Asked for every connection; may throw when it is asked first. */
  readonly secureContext: () => SecureContext;
  readonly verify: boolean;
  /** In place of the origin's host, asked for and expected in the certificate. */
  readonly serverName?: string | undefined;
}
