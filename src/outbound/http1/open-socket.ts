import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import { Http1Error } from "./failures.ts";
import { proxyCredentials, tunnel } from "./tunnel.ts";

export interface SocketTarget {
  readonly hostname: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls: TargetTls | undefined;
  /** URL of an HTTP proxy. */
  readonly proxy: string | undefined;
  readonly lookup: LookupFunction;
  /** Milliseconds for all of it: TCP, proxy and TLS. */
  readonly timeout: number;
}

export interface TargetTls {
  readonly secureContext: SecureContext;
  readonly verify: boolean;
  /** A session of an earlier connection, which saves half of the handshake. */
  readonly session: Buffer | undefined;
}

/**
 * One read buffer for all plain connections: what is read is digested, or copied, before the next read.
 * Node fills it directly, without a stream in between, which saves a fifth of a small call.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** An open socket whose bytes go to `take`. Rejects with what went wrong. */
export async function openSocket(target: SocketTarget, take: (bytes: Buffer) => void): Promise<Socket> {
  const { tls, proxy } = target;
  if (!tls && proxy === undefined) return openPlain(target, take);
  const carrier = proxy === undefined ? undefined : await openCarrier(target, proxy);
  const socket = tls ? await openTls(target, tls, carrier) : (carrier as Socket);
  socket.on("data", take);
  return socket;
}

async function openPlain(target: SocketTarget, take: (bytes: Buffer) => void): Promise<Socket> {
  const { hostname: host, port, lookup } = target;
  let socket: Socket | undefined;
  const onread = {
    buffer: READ_BUFFER,
    callback: (length: number) => {
      take(READ_BUFFER.subarray(0, length));
      // A receiver that does not keep up has paused the socket meanwhile; Node has to be told here too.
      return socket === undefined || !socket.isPaused();
    },
  };
  socket = connectPlain({ host, port, lookup, noDelay: true, keepAlive: true, onread });
  return opened(socket, "connect", target.timeout);
}

async function openTls(
  target: SocketTarget,
  tls: TargetTls,
  carrier: Socket | undefined,
): Promise<TLSSocket> {
  const { hostname, port, lookup } = target;
  const socket = connectTls({
    // Beside a carrier these only say whose certificate is expected.
    host: hostname,
    port,
    lookup,
    ...(carrier ? { socket: carrier } : {}),
    servername: isIP(hostname) === 0 ? hostname : "",
    secureContext: tls.secureContext,
    rejectUnauthorized: tls.verify,
    ALPNProtocols: ["http/1.1"],
    ...(tls.session ? { session: tls.session } : {}),
  });
  socket.setNoDelay(true);
  return (await opened(socket, "secureConnect", target.timeout)) as TLSSocket;
}

/** A connection to the proxy, for TLS targets with a tunnel through it. */
async function openCarrier(target: SocketTarget, proxy: string): Promise<Socket> {
  const { hostname, port } = new URL(proxy);
  const host = hostname.replace(/^\[|\]$/g, "");
  const connecting = connectPlain({ host, port: port === "" ? 80 : Number(port), noDelay: true });
  const socket = await opened(connecting, "connect", target.timeout);
  if (target.tls) await tunnel(socket, { ...target, credentials: proxyCredentials(proxy) });
  return socket;
}

function opened(socket: Socket, event: "connect" | "secureConnect", timeout: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const expired = () => void socket.destroy(new Http1Error("CONNECT_TIMEOUT", "connecting took too long"));
  const timer = setTimeout(expired, timeout);
  const closed = () => reject(new Http1Error("CLOSED_BEFORE_ANSWER", "the connection was closed"));
  socket.once("error", reject).once("close", closed);
  socket.once(event, () => {
    clearTimeout(timer);
    socket.off("error", reject).off("close", closed);
    resolve(socket);
  });
  return promise.finally(() => clearTimeout(timer));
}
