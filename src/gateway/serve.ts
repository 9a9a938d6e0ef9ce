import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { startListener, type Arrivals, type Listener } from "../http/listener.ts";
import { NetworkList } from "../http/network-list.ts";
import { Answer } from "./answer.ts";
import type { CallContext } from "./call-context.ts";
import { CallRecord } from "./call-record.ts";
import { CallerConnection, HEAD_CHECK_INTERVAL } from "./caller-connection.ts";
import { malformation } from "./malformation.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { refusal } from "./failures.ts";
import type { GatewayOptions } from "./options.ts";
import { receivedFacts, type ReceivedCall } from "./received-call.ts";
import { readRequestHead } from "./request-head.ts";
import type { Addressing } from "./route.ts";
import { Tunnels } from "./tunnels.ts";
import { unreadable } from "./unreadable.ts";
import { isUpgrade, takeUpgrade } from "./upgraded-call.ts";

/** The two proxy listeners, 8080 and 8082. */
export interface GatewayListeners extends AsyncDisposable {
  readonly manual: Listener;
  readonly compass: Listener;
  /** Stops accepting, waits for calls in flight at most `grace` milliseconds, then cuts the rest. */
  close(grace: number): Promise<void>;
}

/** What another process accepts, by the listener that it accepts for. */
export type GatewayArrivals = Readonly<Record<Addressing, Arrivals>>;

/** Binds both listeners or none; with `arrivals` nothing is bound. */
export async function serveGateway(
  served: Pick<CallContext, "snapshot" | "connections" | "options" | "tracing">,
  arrivals?: GatewayArrivals,
): Promise<GatewayListeners> {
  const { options } = served;
  const tunnels = new Tunnels(options);
  const context: CallContext = {
    ...served,
    preserveTrailingSlash: options.preserveTrailingSlash,
    trustedProxies: new NetworkList(options.trustedXfccProxies),
    phase: { draining: false },
    budget: new MemoryBudget(options.retryBufferTotalBytes),
    tunnels,
  };
  const manual = await listen(context, "manual", arrivals?.manual);
  let compass: Listener;
  try {
    compass = await listen(context, "compass", arrivals?.compass);
  } catch (error) {
    await manual.close();
    throw error;
  }
  const close = async (grace: number): Promise<void> => {
    context.phase.draining = true;
    tunnels.drain();
    await Promise.all([manual.close(grace), compass.close(grace)]);
    tunnels[Symbol.dispose]();
  };
  return { manual, compass, close, [Symbol.asyncDispose]: () => close(0) };
}

function listen(
  context: CallContext,
  addressing: Addressing,
  arrivals: Arrivals | undefined,
): Promise<Listener> {
  const { options } = context;
  const take = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const connection = CallerConnection.of(request.socket, options.requestTimeout);
    connection.take(context, { addressing, request, response, expectsContinue });
  };
  return startListener({
    host: options.host,
    ...placeOf(addressing, options),
    ...(arrivals && { arrivals }),
    handler: take(false),
    server: {
      maxHeaderSize: options.maxHeaderSize,
      headersTimeout: options.requestTimeout,
      // A whole body may take as long as it likes while it keeps coming: the call watches its pauses.
      requestTimeout: 0,
      // CallerConnection closes idle ones.
      keepAliveTimeout: 0,
      connectionsCheckingInterval: HEAD_CHECK_INTERVAL,
      // The gateway checks it itself, to answer in its own form.
      requireHostHeader: false,
      optimizeEmptyRequests: true,
      shouldUpgradeCallback: (request) => isUpgrade(request, context),
    },
    prepare: (server: Server) => {
      // Limited by their size alone: Node would drop what comes after the 2 000th without a word.
      server.maxHeadersCount = 0;
      // Not in Node's documentation: without it a caller that has sent its last byte gets no more answer, and
      // with it CallerConnection decides.
      Object.assign(server, { httpAllowHalfOpen: true });
      server.on("checkContinue", take(true));
      server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
        CallerConnection.of(request.socket, options.requestTimeout).takeLast({ request, response });
        refuseExpectation(context, { addressing, request, response });
      });
      server.on("upgrade", (request: IncomingMessage, socket: Duplex, early: Buffer) => {
        takeUpgrade(context, { addressing, request, socket: socket as Socket, early });
      });
      server.on("connect", (request: IncomingMessage) => {
        const unread = {
          facts: receivedFacts({ addressing, request }),
          refused: refusal("GATEWAY_CONNECT_REFUSED"),
        };
        CallerConnection.of(request.socket, options.requestTimeout).reject(unread);
      });
      server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
        reject(error, socket as Socket, { addressing, options });
      });
    },
  });
}

/** The port of a listener, and the setting that gives it. */
export function placeOf(addressing: Addressing, { port, compassPort }: GatewayOptions) {
  return addressing === "manual"
    ? { port, setting: "gateway.port" }
    : { port: compassPort, setting: "gateway.compassPort" };
}

/** Bytes that are no HTTP/1.1 request: answered as far as that is possible, and the connection closed. */
function reject(
  error: NodeJS.ErrnoException,
  socket: Socket,
  on: { readonly addressing: Addressing; readonly options: GatewayOptions },
): void {
  const connection = CallerConnection.of(socket, on.options.requestTimeout);
  if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
  else if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && connection.heldBack) return;
  else connection.reject(unreadable(error, socket, on), malformation(error));
}

/** Node keeps these from the other calls. */
function refuseExpectation(
  { phase }: CallContext,
  received: Pick<ReceivedCall, "addressing" | "request" | "response">,
): void {
  const { request, response } = received;
  const head = readRequestHead(request.rawHeaders);
  const record = new CallRecord(receivedFacts(received), head);
  const answer = new Answer(response, record.method, phase);
  record.refusal = refusal("GATEWAY_EXPECTATION_FAILED");
  record.begins(undefined, head);
  response.once("close", () => record.ends(response.writableFinished ? answer.status : undefined));
  answer.refuse(record.refusal, true);
}
