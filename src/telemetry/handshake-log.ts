import type { Clock } from "../core/clock.ts";
import { handshakeRefused, type HandshakeRefused } from "./channels.ts";
import type { Log } from "./log.ts";

/** Between two lines about overload, when every further line would add to it. */
const OVERLOAD_INTERVAL = 10_000;

/** Says of each TLS handshake that came to nothing why, because its client often cannot. */
export function startHandshakeLog(log: Log, clock: Clock): Disposable {
  let unsaid = 0;
  let saidAt = Number.NEGATIVE_INFINITY;
  const overloaded = (fields: object) => {
    unsaid++;
    if (clock.monotonic() - saidAt < OVERLOAD_INTERVAL) return;
    log.warn("TLS handshakes are refused: there are too many at once", { ...fields, handshakes: unsaid });
    unsaid = 0;
    saidAt = clock.monotonic();
  };
  const write = ({ listener, reason, detail, peer }: HandshakeRefused) => {
    const fields = { listener, reason, detail, peer };
    if (reason === "overload") overloaded({ listener, peer });
    // Port scanners and health checks.
    else if (reason === "client-left") log.debug("a client left within its TLS handshake", fields);
    else log.warn("a TLS handshake was refused", fields);
  };
  handshakeRefused.subscribe(write);
  return { [Symbol.dispose]: () => handshakeRefused.unsubscribe(write) };
}
