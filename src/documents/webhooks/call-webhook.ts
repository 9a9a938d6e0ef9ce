import { durationText } from "../../core/duration.ts";
import type { Clock } from "../../core/clock.ts";
import { endpointOf } from "../../credentials/endpoint.ts";
import { exchange, type ExchangeEdge } from "../../outbound/exchange.ts";
import type { ExchangeRequest } from "../../outbound/exchange-request.ts";
import { tlsIdentity } from "../../outbound/tls-identity.ts";
import type { Webhook } from "./webhook.ts";

export interface WebhookEdge extends ExchangeEdge {
  readonly clock: Clock;
  /** Milliseconds that one call may take, and how often one that comes to nothing is made. */
  readonly timeout: number;
  readonly attempts: number;
  /** Bytes of an answer. */
  readonly maxAnswer: number;
}

export type WebhookAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: Buffer }
  | { readonly kind: "failed"; readonly reason: string };

/** Milliseconds before the second attempt; each further one waits twice as long. */
const FIRST_WAIT = 500;

/**
 * Sends a form to a webhook. What may be over soon is tried again: no answer, 429, and errors of the server. An
 * answer with any other status is one.
 */
export async function callWebhook(
  webhook: Webhook,
  form: FormData,
  edge: WebhookEdge,
): Promise<WebhookAnswer> {
  const request = await requestOf(webhook, form, edge);
  if (typeof request === "string") return { kind: "failed", reason: request };
  for (let attempt = 1; ; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const answer = await once(request, edge);
    const isOver = answer.kind === "answer" && answer.status !== 429 && answer.status < 500;
    if (isOver || attempt >= edge.attempts || edge.signal.aborted) return answer;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(FIRST_WAIT * 2 ** (attempt - 1), edge);
  }
}

async function requestOf(
  { url, shown }: Webhook,
  form: FormData,
  { maxAnswer }: WebhookEdge,
): Promise<ExchangeRequest | string> {
  const endpoint = endpointOf(url);
  if (endpoint.kind !== "endpoint") return `${shown} cannot be called: ${endpoint.cause}`;
  const { origin, path, disguised } = endpoint;
  // Nothing writes forms as fetch does: the names of fields and files are strangers' texts.
  const written = new Response(form);
  return {
    method: "POST",
    origin,
    disguised,
    path,
    headers: ["User-Agent", "appconn"],
    privateHeaders: ["Content-Type", written.headers.get("content-type") ?? ""],
    body: Buffer.from(await written.arrayBuffer()),
    tls: tlsIdentity(true),
    responseBody: "buffer",
    maxResponseBytes: maxAnswer,
  };
}

async function once(request: ExchangeRequest, edge: WebhookEdge): Promise<WebhookAnswer> {
  const controller = new AbortController();
  const late = () => controller.abort(new Error(`no answer within ${durationText(edge.timeout)}`));
  using _timer = edge.clock.after(edge.timeout, late);
  const signal = AbortSignal.any([edge.signal, controller.signal]);
  const answer = await exchange(request, { ...edge, signal });
  // Whatever of the exchange is left, such as the body of a redirect, ends with it.
  controller.abort(new Error("over"));
  return answer.kind === "answer" ? answer : { kind: "failed", reason: answer.reason };
}

async function pause(milliseconds: number, { clock, signal }: WebhookEdge): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _timer = clock.after(milliseconds, resolve);
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await promise;
}
