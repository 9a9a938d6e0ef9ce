import { durationText } from "../../core/duration.ts";
import type { Clock } from "../../core/clock.ts";
import { basicCredential } from "../../credentials/basic.ts";
import { STATUS_CODES } from "../../http/node-http.ts";
import type { ExchangeAnswer, ExchangeFailure } from "../../outbound/answer-receiver.ts";
import { exchange, type ExchangeEdge } from "../../outbound/exchange.ts";
import { tlsIdentity } from "../../outbound/tls-identity.ts";
import type { ApiRequest, SpecificationCredentials } from "../service-request.ts";
import { decodeContent } from "./decode-content.ts";
import type { FailedFetch } from "./failed-fetch.ts";
import { fetchedUrl } from "./fetched-url.ts";
import { isGiven } from "./is-given.ts";
import { LARGEST_SPECIFICATION } from "./largest-specification.ts";
import type { SpecificationOptions } from "./options.ts";
import { shownUrl } from "./shown-url.ts";
import type { Specification } from "./specification.ts";
import { specificationRequest, type SpecificationRequest } from "./specification-request.ts";
import type { SpecificationToken, SpecificationTokens } from "./specification-tokens.ts";
import { successfulBodies } from "./successful-bodies.ts";

export interface SpecificationEdge extends ExchangeEdge {
  readonly clock: Clock;
  /** Shared by all fetches. */
  readonly tokens: SpecificationTokens;
  readonly options: SpecificationOptions;
}

/** What of an API says where its specification is. */
export type FetchedApi = Pick<
  ApiRequest,
  | "spec"
  | "specificationUrl"
  | "targetUrl"
  | "apiType"
  | "specificationCredentials"
  | "specificationRequestParameters"
>;

/**
 * The specification of an API (registry spec §7): the one that is given inline, or what its URL answers;
 * undefined where it has none. Answers within `specRequestTimeout`, and soon after `edge.signal` is aborted.
 */
export async function obtainSpecification(
  api: FetchedApi,
  edge: SpecificationEdge,
): Promise<Specification | undefined | FailedFetch> {
  if (isGiven(api.spec)) return { kind: "specification", content: api.spec };
  const url = fetchedUrl(api);
  if (url === undefined) return undefined;
  const outcome = await inTime(edge, (signal) => fetchFrom(url, api, { ...edge, signal }));
  if (typeof outcome === "string") {
    return { kind: "failed-fetch", text: outcome, decision: edge.options.specFetchPolicy };
  }
  return outcome.length === 0 ? undefined : { kind: "specification", content: outcome };
}

async function inTime<Result>(
  { clock, options, signal }: SpecificationEdge,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const timeout = options.specRequestTimeout;
  const timer = clock.after(timeout, () =>
    controller.abort(new Error(`no answer within ${durationText(timeout)}`)),
  );
  try {
    return await run(AbortSignal.any([signal, controller.signal]));
  } finally {
    timer[Symbol.dispose]();
    // Whatever of the exchange is left, such as the body of a redirect, ends with it.
    controller.abort(new Error("over"));
  }
}

/** The bytes, or the text that a client is told. */
async function fetchFrom(url: string, api: FetchedApi, edge: SpecificationEdge): Promise<Buffer | string> {
  const shown = shownUrl(url);
  const request = specificationRequest(url, api.specificationRequestParameters, tlsOf(edge));
  if (typeof request === "string") return `Fetching API spec from ${shown} failed, ${request}`;
  const answer = await fetchAuthorised(request, api.specificationCredentials, edge);
  if (typeof answer === "string") {
    return `Adding authorization for fetching API spec from ${shown} failed, ${answer}`;
  }
  if (answer.kind === "no-answer") return `Fetching API spec from ${shown} failed, ${answer.reason}`;
  if (answer.status !== 200) {
    const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ""}`.trimEnd();
    return `Fetching API spec from ${shown} failed with status ${status}`;
  }
  const content = await decodeContent(answer.body, answer.headers, LARGEST_SPECIFICATION);
  return Buffer.isBuffer(content) ? content : `Fetching API spec from ${shown} failed, ${content.reason}`;
}

function tlsOf({ options }: SpecificationEdge) {
  return tlsIdentity(!options.insecureSpecDownload);
}

/** The answer, or why there is no authorization for the request. */
async function fetchAuthorised(
  request: SpecificationRequest,
  credentials: SpecificationCredentials | undefined,
  edge: SpecificationEdge,
): Promise<ExchangeAnswer | ExchangeFailure | string> {
  const send = (authorization: string | undefined) =>
    exchange(request(authorization), { ...edge, connections: successfulBodies(edge.connections) });
  if (credentials?.kind !== "oauth") return send(credentials && basicOf(credentials));
  const ask = () => edge.tokens.obtain(credentials, tlsOf(edge), edge);
  const token = await ask();
  if (typeof token === "string") return token;
  const answer = await send(token.authorisation.header);
  if (!isStale(token, answer)) return answer;
  edge.tokens.forget(credentials, tlsOf(edge), token);
  const renewed = await ask();
  return typeof renewed === "string" ? renewed : send(renewed.authorisation.header);
}

function basicOf({ username, password }: { readonly username: string; readonly password: string }): string {
  return basicCredential(Buffer.from(username), Buffer.from(password));
}

/** A token of an earlier fetch that is refused may have been revoked: a new one is worth a try. */
function isStale(token: SpecificationToken, answer: ExchangeAnswer | ExchangeFailure): boolean {
  return token.isRemembered && answer.kind === "answer" && answer.status === 401;
}
