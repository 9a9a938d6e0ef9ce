import type { Clock } from "../../core/clock.ts";
import { durationText } from "../../core/duration.ts";
import { Connections, type ConnectionsOptions, type TargetProtocol } from "../../outbound/connections.ts";
import type { FlatHeaders } from "../../http/flat-headers.ts";
import type { ForwardedRequest, ResponseReceiver } from "../../outbound/outgoing-request.ts";
import type { TlsIdentity } from "../../outbound/tls-identity.ts";
import { ConnectionRecorder } from "./connection-recorder.ts";

export interface ProbeRequest {
  readonly origin: string;
  readonly tls: TlsIdentity;
  /** As calls speak it; HTTP/1.1 unless given. */
  readonly protocol?: TargetProtocol | undefined;
  /** undefined: the connection alone is tried, and nothing sent over it. */
  readonly head: { readonly path: string; readonly headers: FlatHeaders } | undefined;
  /** Milliseconds until the head of the answer, from when the connection stands. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** How far a request to a target came. */
export interface Probe {
  readonly recorder: ConnectionRecorder;
  /** Monotonic, of the end. */
  readonly ended: number;
  readonly outcome:
    | { readonly kind: "answered"; readonly status: number }
    | { readonly kind: "opened" }
    | { readonly kind: "failed"; readonly error: Error };
}

/** Opens a connection of its own to a target, as calls do, and asks for the head of its base path. Rejects when `signal` does. */
export async function probeTarget(
  request: ProbeRequest,
  outbound: Omit<ConnectionsOptions, "observer" | "clock"> & { readonly clock: Clock },
): Promise<Probe> {
  const { clock } = outbound;
  const { origin, tls, protocol, head, timeout, signal } = request;
  const { promise, resolve } = Promise.withResolvers<Probe["outcome"]>();
  using waiting = new DisposableStack();
  let forwarded: ForwardedRequest | undefined;
  const fails = (reason: string) => () => resolve({ kind: "failed", error: new Error(reason) });
  // Until then it has the time of a connection.
  const opened = () => {
    const late = fails(`no answer within ${durationText(Math.round(timeout))}`);
    if (head) return void waiting.use(clock.after(timeout, late));
    // Before a byte of the request leaves.
    forwarded?.abort();
    resolve({ kind: "opened" });
  };
  const recorder = new ConnectionRecorder(clock, origin.startsWith("https:"), opened);
  await using connections = new Connections({ ...outbound, observer: recorder });
  const { path = "/", headers = [] } = head ?? {};
  const outgoing = { method: "HEAD", path, headers, body: undefined, freshConnection: true };
  forwarded = connections.pool(origin, tls, protocol).forward(outgoing, new HeadReceiver(resolve));
  const aborted = fails("it was broken off");
  signal.addEventListener("abort", aborted, { once: true });
  waiting.defer(() => signal.removeEventListener("abort", aborted));
  if (signal.aborted) aborted();
  const outcome = await promise;
  forwarded.abort();
  signal.throwIfAborted();
  return { recorder, ended: clock.monotonic(), outcome };
}

/** Takes the head of an answer. */
class HeadReceiver implements ResponseReceiver {
  readonly #settle: (outcome: Probe["outcome"]) => void;

  constructor(settle: (outcome: Probe["outcome"]) => void) {
    this.#settle = settle;
  }

  informed(): void {}

  started(status: number): void {
    this.#settle({ kind: "answered", status });
  }

  received(): boolean {
    return true;
  }

  ended(): void {}

  failed(error: Error): void {
    this.#settle({ kind: "failed", error });
  }
}
