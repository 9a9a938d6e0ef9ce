import { reasonOf } from "../core/failures.ts";
import { headerValue, type FlatHeaders } from "../http/flat-headers.ts";
import { AnswerReceiver, type ExchangeAnswer, type ExchangeFailure } from "./answer-receiver.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import type { ExchangeRequest } from "./exchange-request.ts";
import type { TargetPool } from "./target-pool.ts";
import { portOf } from "./port-of.ts";
import { redirect } from "./redirect.ts";
import type { TlsIdentity } from "./tls-identity.ts";

/** What an exchange needs of `Connections`. */
export interface Pools {
  pool(origin: string, identity: TlsIdentity): Pick<TargetPool, "forward">;
}

export interface ExchangeEdge {
  readonly connections: Pools;
  readonly policy: EgressPolicy;
  /** The deadline and whatever else ends the exchange; its reason is told as the reason of the failure. */
  readonly signal: AbortSignal;
}

/** As many as the token request allows (gateway spec §9). */
const MAX_REDIRECTS = 10;

/** Sends one request, follows its redirects and gives the answer. No header is added but what HTTP needs. */
export async function exchange(
  request: ExchangeRequest,
  edge: ExchangeEdge,
): Promise<ExchangeAnswer | ExchangeFailure> {
  let hop = request;
  for (let redirects = 0; ; redirects++) {
    const policy = hop.tls.trust?.policy ?? edge.policy;
    if (policy.refusesWritten({ ...hostOf(hop.origin), disguised: hop.disguised })) {
      return {
        ...refused(redirects === 0 ? FORBIDDEN : `redirected, but ${FORBIDDEN}`),
        refusedByPolicy: true,
      };
    }
    // One after the other by nature: each answer says where the next request goes.
    // eslint-disable-next-line no-await-in-loop
    const answer = await sendRepeatably(hop, edge);
    const location = answer.kind === "answer" ? locationOf(answer.status, answer.headers) : undefined;
    if (answer.kind !== "answer" || location === undefined) return answer;
    if (redirects === MAX_REDIRECTS) return refused(`stopped after ${MAX_REDIRECTS} redirects`);
    const next = redirect(hop, answer.status, location);
    if (typeof next === "string") return refused(next);
    hop = next;
  }
}

const FORBIDDEN = "the egress policy refuses the address";

function refused(reason: string): ExchangeFailure {
  return { kind: "no-answer", phase: "request", reason, connectionLost: false, refusedByPolicy: false };
}

function hostOf(origin: string): { readonly hostname: string; readonly port: number } {
  const { hostname } = new URL(origin);
  return { hostname: hostname.replace(/^\[|\]$/g, ""), port: portOf(origin) };
}

/** 300, 304 and a redirect that does not say where to are final answers, as in the original. */
function locationOf(status: number, headers: FlatHeaders): string | undefined {
  const redirects = status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
  return redirects ? headerValue(headers, "location") : undefined;
}

/**
 * A server may close a kept connection at the moment when it is used again (RFC 9112 §9.3.1). Asking for a
 * token twice changes nothing, so such a loss is not told before a second try, over a connection of its own.
 */
async function sendRepeatably(
  request: ExchangeRequest,
  edge: ExchangeEdge,
): Promise<ExchangeAnswer | ExchangeFailure> {
  const answer = await send(request, edge);
  const lost = answer.kind === "no-answer" && answer.phase === "request" && answer.connectionLost;
  return lost && !edge.signal.aborted ? send(await renewed(request), edge, true) : answer;
}

/** A redirect may have taken the body away. */
async function renewed(request: ExchangeRequest): Promise<ExchangeRequest> {
  const { body, renewBody } = request;
  return body && renewBody ? { ...request, body: await renewBody() } : request;
}

async function send(
  request: ExchangeRequest,
  { connections, signal }: ExchangeEdge,
  freshConnection = false,
): Promise<ExchangeAnswer | ExchangeFailure> {
  if (signal.aborted) return refused(reasonOf(signal.reason));
  const { origin, method, path, privateHeaders, headers, body, tls, maxResponseBytes } = request;
  const receiver = new AnswerReceiver({
    signal,
    maxResponseBytes,
    discards: (status, received) =>
      request.responseBody === "discard" || locationOf(status, received) !== undefined,
  });
  const host = new URL(origin).host;
  const allHeaders = ["Host", host, ...privateHeaders, ...headers];
  const outgoing = { method, path, headers: allHeaders, body, freshConnection };
  receiver.belongsTo(connections.pool(origin, tls).forward(outgoing, receiver));
  return receiver.answer;
}
