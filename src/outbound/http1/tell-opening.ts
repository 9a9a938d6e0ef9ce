import { isIPv6, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { reasonOf } from "../../core/failures.ts";
import type { OpeningObserver } from "../opening-observer.ts";

/** The observer hears before whoever opens the socket goes on. */
export function tellConnected(
  socket: Socket,
  observer: OpeningObserver | undefined,
  isProxy = false,
): Socket {
  if (!observer) return socket;
  return socket.once("connect", () => {
    const { remoteAddress: host = "", remotePort: port = 0 } = socket;
    observer.connected({ address: `${isIPv6(host) ? `[${host}]` : host}:${port}`, isProxy });
  });
}

export function tellSecured(socket: TLSSocket, observer: OpeningObserver | undefined): void {
  if (!observer) return;
  socket.once("secureConnect", () => {
    // Said to be an Error, and in fact its code.
    const { authorized, authorizationError: problem }: { authorized: boolean; authorizationError: unknown } =
      socket;
    observer.secured({
      protocol: socket.getProtocol() ?? "TLS",
      distrusted: authorized ? undefined : typeof problem === "string" ? problem : reasonOf(problem),
      ends: socket.getPeerX509Certificate()?.validToDate.getTime(),
    });
  });
}
