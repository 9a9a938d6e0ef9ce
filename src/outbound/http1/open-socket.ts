import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import type { OpeningObserver } from "../opening-observer.ts";
import type { ProxyServer } from "../proxy-server.ts";
import { TransportError } from "../transport-error.ts";
import { READ_SIZE } from "./piece.ts";
import { tellConnected, tellSecured } from "./tell-opening.ts";
import { tunnel } from "./tunnel.ts";

export interface SocketTarget {
  /** IPv6 addresses without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls: TargetTls | undefined;
  readonly proxy: SocketProxy | undefined;
  readonly lookup: LookupFunction;
  /** For a protocol other than HTTP: it can be read as a stream, and a proxy passes on whatever comes. */
  readonly dedicated?: boolean | undefined;
  /** What is offered in TLS (ALPN, RFC 7301); HTTP/1.1 unless given. */
  readonly protocols?: readonly string[] | undefined;
  readonly observer?: OpeningObserver | undefined;
  /** Ends the opening; its reason is what the opening rejects with. */
  readonly signal: AbortSignal;
}

export interface TargetTls {
  readonly secureContext: SecureContext;
  readonly verify: boolean;
  /** In place of the target's host, asked for and expected in the certificate. */
  readonly serverName?: string | undefined;
  /** A session of an earlier connection, which saves half of the handshake. */
  readonly session: Buffer | undefined;
  /** Called for every session that the server offers, once the server has been verified. */
  readonly offered: (session: Buffer) => void;
}

export interface SocketProxy extends ProxyServer {
  /** Verifies the proxy itself; absent when it does not speak TLS. */
  readonly secureContext: (() => SecureContext) | undefined;
}

/**
 * One read buffer for all plain connections: what is read is digested, or copied, before the next read.
 * Node fills it directly, without a stream in between, which saves a fifth of a small call.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(READ_SIZE);

/**
 * How long one of several addresses of a host is tried before the next one, in milliseconds. Node's default
 * of 250 gives up on addresses that are merely far away.
 */
const ADDRESS_TIMEOUT = 1000;

/** Whether `take` gets views into the shared read buffer. */
export function sharesReadBuffer(target: {
  readonly tls: unknown;
  readonly proxy: unknown;
  readonly dedicated?: boolean | undefined;
}): boolean {
  const { tls, proxy, dedicated } = target;
  return tls === undefined && proxy === undefined && dedicated !== true;
}

/** An open socket whose bytes go to `take`; without it, one that is not read yet. Rejects with what went wrong. */
export async function openSocket(target: SocketTarget, take?: (bytes: Buffer) => void): Promise<Socket> {
  if (take && sharesReadBuffer(target)) return openPlain(target, take);
  const { tls, proxy, dedicated } = target;
  const carrier = proxy && (await openProxy(proxy, target));
  try {
    if (carrier && (tls || dedicated)) {
      await tunnel(carrier, { ...target, authorization: proxy.authorization });
    }
    const socket = tls ? await openTls({ ...target, tls }, carrier) : (carrier ?? (await openStream(target)));
    // A tunnel leaves its carrier paused.
    return take ? socket.on("data", take).resume() : socket;
  } catch (error) {
    carrier?.destroy();
    throw error;
  }
}

function openPlain(target: SocketTarget, take: (bytes: Buffer) => void): Promise<Socket> {
  const { hostname: host, port, lookup, signal, observer } = target;
  const onread = {
    buffer: READ_BUFFER,
    callback: (length: number) => {
      take(READ_BUFFER.subarray(0, length));
      // Pausing and resuming tell Node by themselves.
      return true;
    },
  };
  const socket = tellConnected(connectPlain({ host, port, lookup, ...TCP, onread }), observer);
  return opened(socket, "connect", signal);
}

function openStream({ hostname: host, port, lookup, signal, observer }: SocketTarget): Promise<Socket> {
  const socket = tellConnected(connectPlain({ host, port, lookup, ...TCP }), observer);
  return opened(socket, "connect", signal);
}

function openTls(target: SocketTarget & { readonly tls: TargetTls }, carrier?: Socket): Promise<Socket> {
  const { hostname: host, port, lookup, tls, signal, observer, protocols } = target;
  const { session, secureContext, verify, serverName = host } = tls;
  const socket = connectTls({
    // Beside a carrier these only say whose certificate is expected.
    host,
    port,
    lookup,
    ...TCP,
    ...(carrier ? { socket: carrier } : {}),
    ...(session ? { session } : {}),
    ...secured(serverName, secureContext, protocols),
    rejectUnauthorized: verify,
  });
  if (!carrier) tellConnected(socket.setNoDelay(true).setKeepAlive(true), observer);
  // Under TLS 1.2 the session comes together with the end of the handshake.
  socket.on("session", tls.offered);
  tellSecured(socket, observer);
  return opened(socket, "secureConnect", signal);
}

function openProxy(
  { hostname: host, port, secureContext }: SocketProxy,
  { signal, observer }: Pick<SocketTarget, "signal" | "observer">,
) {
  if (!secureContext) {
    const plain = connectPlain({ host, port, ...TCP });
    return opened(tellConnected(plain, observer, true), "connect", signal);
  }
  const socket = connectTls({ host, port, ...TCP, ...secured(host, secureContext()) }).setNoDelay(true);
  tellConnected(socket, observer, true);
  return opened(socket, "secureConnect", signal);
}

const HTTP1: readonly string[] = ["http/1.1"];

const TCP = { noDelay: true, keepAlive: true, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT };

function secured(host: string, secureContext: SecureContext, protocols = HTTP1) {
  // RFC 6066 §3: an address is no server name, and a name has no dot at its end.
  const servername = isIP(host) === 0 ? host.replace(/\.$/, "") : "";
  return { servername, secureContext, ALPNProtocols: [...protocols] };
}

function opened(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const aborted = () => {
    reject(signal.reason as Error);
    socket.destroy();
  };
  const closed = () => reject(new TransportError("CLOSED_BEFORE_ANSWER", "the connection was closed"));
  // Stays for good: an error that nobody listens to would end the process, whoever holds the socket by then.
  socket.on("error", reject).once("close", closed);
  socket.once(event, () => resolve(socket));
  signal.addEventListener("abort", aborted);
  if (signal.aborted) aborted();
  return promise.finally(() => {
    socket.off("close", closed);
    signal.removeEventListener("abort", aborted);
  });
}
