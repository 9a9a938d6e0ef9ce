import type { Clock } from "../../core/clock.ts";
import { durationText } from "../../core/duration.ts";
import { Connections, type ConnectionsOptions } from "../../outbound/connections.ts";
import type { FlatHeaders } from "../../http/flat-headers.ts";
import type { ForwardedRequest, ResponseReceiver } from "../../outbound/outgoing-request.ts";
import type { TlsIdentity } from "../../outbound/tls-identity.ts";
import { ConnectionRecorder } from "./connection-recorder.ts";

export interface ProbeRequest {
  readonly origin: string;
  readonly tls: TlsIdentity;
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
  const { promise, resolve } = Promise.withResolvers<Probe["outcome"]>();
  let forwarded: ForwardedRequest | undefined;
  const recorder = new ConnectionRecorder(clock, request.origin.startsWith("https:"), () => {
    if (request.head) return;
    // Before a byte of the request leaves.
    forwarded?.abort();
    resolve({ kind: "opened" });
  });
  await using connections = new Connections({ ...outbound, observer: recorder });
  const { origin, tls, head, signal } = request;
  const receiver = new HeadReceiver(resolve);
  const { path = "/", headers = [] } = head ?? {};
  const outgoing = { method: "HEAD", path, headers, body: undefined, freshConnection: true };
  forwarded = connections.pool(origin, tls).forward(outgoing, receiver);
  using deadline = new DisposableStack();
  const patience = outbound.options.connectTimeout + request.timeout;
  const late = new Error(`no answer within ${durationText(Math.round(request.timeout))}`);
  deadline.use(clock.after(patience, () => resolve({ kind: "failed", error: late })));
  const aborted = () => resolve({ kind: "failed", error: late });
  signal.addEventListener("abort", aborted, { once: true });
  deadline.defer(() => signal.removeEventListener("abort", aborted));
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
