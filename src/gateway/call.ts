import { isCredentialFailure, type CredentialFailure } from "../credentials/failures.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import type { TargetProtocol } from "../outbound/connections.ts";
import { StaleConnection } from "../outbound/stale-connection.ts";
import { UnprocessedRequest } from "../outbound/unprocessed-request.ts";
import type { OutgoingRequest } from "../outbound/outgoing-request.ts";
import type { CallPermit } from "../snapshot/call-limits.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { Answer } from "./answer.ts";
import type { CallContext } from "./call-context.ts";
import { CallRecord } from "./call-record.ts";
import { CallWaits, waitTimes, type WaitingCall } from "./call-waits.ts";
import { CallerBody } from "./caller-body.ts";
import { checkRequest } from "./check-request.ts";
import { isConnectFailure } from "./connect-failure.ts";
import { credentialRefusal } from "./credential-refusal.ts";
import { CredentialTimeout } from "./credential-timeout.ts";
import { refusal } from "./failures.ts";
import { injectCold, injectWarm, type Injection } from "./inject.ts";
import { leavesUnread } from "./leaves-unread.ts";
import { limitRefusal } from "./limit-refusal.ts";
import { isSafe } from "./may-repeat.ts";
import { isRefusal, prepare, type PreparedCall } from "./prepare.ts";
import { receivedFacts, type ReceivedCall } from "./received-call.ts";
import { Repetition } from "./repetition.ts";
import { readRequestHead, type RequestHead } from "./request-head.ts";
import { retryAfterOf } from "./retry-after.ts";
import { passThrough, rewrite, type RewrittenHead } from "./rewrite.ts";
import { TargetExchange, type ExchangeOwner } from "./target-exchange.ts";
import { targetFailure } from "./target-failure.ts";
import { targetHeaders, targetPath } from "./target-request.ts";
import { withheldKey } from "./withheld-key.ts";

/** What follows on the connection cannot be trusted, or Node has not read it. */
const CLOSING = new Set(["GATEWAY_MALFORMED_REQUEST", "GATEWAY_UPGRADE_REFUSED"]);

/** A target that gives no answer, or not to its end, has failed. */
const TARGET_TOO_SLOW = new Set(["GATEWAY_TARGET_TIMEOUT", "GATEWAY_TARGET_STALLED"]);

/**
 * One call from its first byte to its last: the stages in order, each of which knows nothing of sockets,
 * and between them the waiting, the repetition after 401 or 403, and the ends that a call can come to.
 */
export class GatewayCall implements ExchangeOwner, WaitingCall {
  readonly #context: CallContext;
  readonly #received: ReceivedCall;
  readonly #method: string;
  readonly #head: RequestHead;
  readonly #record: CallRecord;
  readonly #answer: Answer;
  readonly #waits: CallWaits;
  readonly #repetition: Repetition;
  #body: CallerBody | undefined;
  #prepared!: PreparedCall;
  #injection!: Injection;
  #abandoned: AbortController | undefined;
  #exchange: TargetExchange | undefined;
  /** Of the limits of its API, where it has any. */
  #permit: CallPermit | undefined;
  #over = false;
  #isLast = false;

  constructor(context: CallContext, received: ReceivedCall) {
    const { request, response } = received;
    this.#context = context;
    this.#received = received;
    this.#method = request.method ?? "GET";
    this.#head = readRequestHead(request.rawHeaders);
    this.#record = new CallRecord(receivedFacts(received), this.#head);
    this.#answer = new Answer(response, this.#method, this);
    this.#waits = new CallWaits(received, this, context.options);
    this.#repetition = new Repetition(this.#method, this.#head, context.options);
  }

  start(): void {
    this.#received.response.on("close", this.#closed);
    this.#record.begins(this.#context.tracing, this.#head);
    const refused = checkRequest(this.#received.request, this.#head) ?? this.#prepare() ?? this.#enter();
    if (refused) this.#refuse(refused);
    else this.#authenticate();
  }

  get isSafe(): boolean {
    return isSafe(this.#method);
  }

  /** Neither answered to the end nor given up. */
  get open(): boolean {
    return !this.#over && !this.#received.response.writableEnded;
  }

  get permit(): CallPermit | undefined {
    return this.#permit;
  }

  /** The connection ends with this call: what follows on it is not to be taken for another one. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** It is the last one, or its answer says so: the caller called it its last, or the process is leaving. */
  get endsConnection(): boolean {
    return this.#isLast || !this.#received.response.shouldKeepAlive;
  }

  /** A process that is leaving closes the connection behind the last of the calls that have come. */
  get draining(): boolean {
    const { connection, response } = this.#received;
    return this.#context.phase.draining && connection.isNewest(response);
  }

  /** The caller has gone. */
  abandon(): void {
    this.#received.response.destroy();
  }

  /** The caller's bytes stopped making sense in the middle of its body. */
  malformed(reason: string): void {
    this.cutAttempt();
    this.giveUp(refusal("GATEWAY_MALFORMED_REQUEST", reason), true);
  }

  /** ①–③ */
  #prepare(): Refusal | undefined {
    const { addressing, request } = this.#received;
    const { host, clientCertificate } = this.#head;
    const caller = { peer: this.#record.peer, clientCertificate };
    const inquiry = { addressing, target: request.url ?? "", host, caller };
    const prepared = prepare(inquiry, this.#context);
    if (isRefusal(prepared)) {
      this.#record.api = prepared.identity;
      return prepared;
    }
    this.#prepared = prepared;
    this.#waits.times = waitTimes(prepared.api.settings, this.#context.options);
    this.#record.found(prepared.api);
    if (prepared.gatewayPath === undefined) this.#record.listener = "legacy";
    return undefined;
  }

  /** Once for the whole call, however often it is made. */
  #enter(): Refusal | undefined {
    const entered = this.#prepared.api.limits?.enter(performance.now());
    if (entered && "limit" in entered) return limitRefusal(entered);
    this.#permit = entered;
    return undefined;
  }

  /** ④ */
  #authenticate(): void {
    const { api } = this.#prepared;
    const { accessToken } = this.#head;
    const warm = injectWarm(api, this.#head);
    if (api.provider.fetches && accessToken === undefined) this.#record.tokenCacheHit ??= warm !== undefined;
    if (warm) this.#send(warm);
    else void this.#authenticateCold();
  }

  async #authenticateCold(): Promise<void> {
    this.#abandoned ??= new AbortController();
    const { signal } = this.#abandoned;
    const { refreshed } = this.#repetition;
    const timeout = new CredentialTimeout(this.#waits.due);
    const options = { signal, timeout, span: this.#record.span, acceptsDoubted: !refreshed };
    this.#waits.credentials(() => this.#abandoned?.abort(timeout));
    const outcome = await injectCold(this.#prepared.api, this.#head, options).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    // The caller has gone, and its closing has ended the call, or its body turned out to be malformed.
    if (!this.open || !outcome) return;
    this.#waits.stop();
    this.#waits.spend(timeout.spent);
    if (isCredentialFailure(outcome)) this.#withoutCredentials(outcome);
    else this.#send(outcome);
  }

  /** Nothing has been sent yet: a call whose credentials were replaced meanwhile takes those that there are now. */
  #withoutCredentials(failure: CredentialFailure): void {
    const { refreshed, resolvedAgain } = this.#repetition;
    const { fingerprint } = this.#prepared.api.provider;
    const isTimeUp = this.#abandoned?.signal.aborted ?? false;
    const refused = resolvedAgain || isTimeUp ? undefined : this.#prepare();
    this.#repetition.resolvedAgain = true;
    if (refused) return this.#refuse(refused);
    const isReplaced = this.#prepared.api.provider.fingerprint !== fingerprint;
    if (isReplaced) this.#authenticate();
    else this.#refuse(credentialRefusal(failure, refreshed));
  }

  #send(injection: Injection): void {
    this.#injection = injection;
    const body = (this.#body ??= this.#head.hasBody ? this.#callerBody() : undefined);
    if (!body) return this.#attempt(undefined);
    if (!body.isSmall && !this.#repetition.isAgain) return this.#attempt(body.stream());
    void body.whole().then((whole) => {
      // Without a whole body the caller has gone, and its closing ends the call.
      if (whole && this.open) this.#attempt(whole);
    });
  }

  #attempt(body: OutgoingRequest["body"]): void {
    this.#waits.target();
    this.#dispatch(body);
  }

  #callerBody(): CallerBody {
    const { options } = this.#context;
    const { request, response, expectsContinue } = this.#received;
    return new CallerBody(request, {
      contentLength: this.#head.contentLength,
      remember: this.#repetition.mayCome(this.#prepared.api) ? options.retryBufferBytes : 0,
      budget: this.#context.budget,
      tellToSend: () => {
        if (expectsContinue) response.writeContinue();
      },
      waiting: (forCaller) => {
        // Once the target answers, its answer is what is waited for, unless the call may be repeated.
        if (!this.open || (this.#record.targetStatus !== undefined && !this.#repetition.deciding)) return;
        if (forCaller) this.#waits.callerBody();
        else this.#waits.target();
      },
    });
  }

  /** ⑤ */
  #dispatch(body: OutgoingRequest["body"]): void {
    const { connections, options } = this.#context;
    const { api } = this.#prepared;
    const path = targetPath(this.#prepared, this.#injection);
    const record = this.#record;
    record.attemptBegins();
    this.#exchange = new TargetExchange({
      owner: this,
      answer: this.#answer,
      record,
      deadline: this.#received.deadline,
      streamIdleTimeout: this.#waits.times.streamIdleTimeout,
    });
    const headers = targetHeaders({
      caller: this.#received.request.rawHeaders,
      head: this.#head,
      prepared: this.#prepared,
      injection: this.#injection,
      peer: record.peer,
      forwardedHeaders: api.settings.forwardedHeaders ?? options.forwardedHeaders,
      traceparent: record.targetSpan?.traceparent,
    });
    const pool = connections.pool(api.target.url.origin, this.#injection.tls, this.#protocol);
    const freshConnection = this.#repetition.resent;
    this.#exchange.send(pool, { method: this.#method, path, headers, body, freshConnection });
  }

  /** HTTP/2 knows no upgrade (RFC 9113 §8.6). */
  get #protocol(): TargetProtocol | undefined {
    const { targetProtocol } = this.#prepared.api.settings;
    return targetProtocol !== undefined && this.#answer.upgrading ? "http/1.1" : targetProtocol;
  }

  answered(status: number): void {
    this.#record.targetStatus = status;
    if (status >= 500) this.#targetFailed();
    else this.#permit?.succeeded();
  }

  repeats(status: number, headers: FlatHeaders): Promise<boolean> | undefined {
    if (this.#repetition.wantsFresh(status, this.#prepared.api)) return this.#repeat(this.#refresh);
    return status < 429 ? undefined : this.#retry(String(status), headers);
  }

  /** ⑥ */
  rewrite(status: number, received: FlatHeaders): RewrittenHead {
    const headers = this.withhold(received);
    const { api, path, gatewayPath } = this.#prepared;
    if (gatewayPath === undefined) return passThrough(status, headers);
    const { url: target } = api.target;
    return rewrite(status, headers, { target, sentPath: path, gatewayPath, callerHost: this.#head.host });
  }

  withhold(headers: FlatHeaders): FlatHeaders {
    return withheldKey(headers, this.#injection.authorisation.apiKey);
  }

  handedOver(): void {
    this.#permit = undefined;
  }

  ended(): void {
    this.#waits.reader();
    this.#record.attemptEnds();
  }

  failed(error: Error): void {
    if (this.#over) return;
    this.#record.attemptEnds(error);
    const resendable = !this.#repetition.resent && !this.#body && isSafe(this.#method);
    if (resendable && error instanceof StaleConnection) {
      this.#repetition.resent = true;
      // Still the same attempt, so its deadline goes on.
      return this.#dispatch(undefined);
    }
    const failure = targetFailure(error);
    if (error instanceof UnprocessedRequest && !this.#repetition.resent) return void this.#sendAgain(failure);
    if (failure.code === "GATEWAY_TARGET_FAILED" && !(error instanceof StaleConnection)) this.#targetFailed();
    if (isConnectFailure(error)) void this.#connectAgain(failure);
    else this.giveUp(failure, false);
  }

  /** Nothing is done twice, whatever the call does. */
  async #sendAgain(failure: Refusal): Promise<void> {
    this.#repetition.resent = true;
    const isSent = await this.#repeat(() => {
      this.#waits.goOn();
      this.#send(this.#injection);
    });
    if (isSent) return;
    this.#targetFailed();
    this.giveUp(failure, false);
  }

  async #connectAgain(failure: Refusal): Promise<void> {
    const isMadeAgain = await this.#retry("connect");
    if (isMadeAgain !== true) this.giveUp(failure, false);
  }

  stalled(): void {
    this.#waits.targetStalled();
  }

  heldBack(): void {
    this.#waits.reader();
  }

  /** undefined where a failed call is not made again; otherwise as `#repeat` answers. */
  #retry(reason: string, headers: FlatHeaders = []): Promise<boolean> | undefined {
    const { api } = this.#prepared;
    // A breaker that has opened keeps this call from the target like all others.
    if (api.settings.retryAttempts === undefined || this.#permit?.allowsRetry === false) return undefined;
    const retryAfter = retryAfterOf(headers, Date.now());
    const delay = this.#repetition.delayAfter({ reason, retryAfter, left: this.#waits.left }, api);
    if (delay === undefined) return undefined;
    return this.#repeat(() => {
      this.#repetition.retries++;
      this.#waits.pause(delay, this.#makeAgain);
    });
  }

  /** Answers false when the body cannot be sent again, so that the target's answer must do. */
  async #repeat(next: () => void): Promise<boolean> {
    this.#repetition.deciding = true;
    const isWhole = !this.#body || (await this.#body.whole()) !== undefined;
    this.#repetition.deciding = false;
    // The caller has gone meanwhile, or kept it waiting for too long.
    if (!this.open) return true;
    this.#waits.stop();
    if (!isWhole) return false;
    this.#record.attemptEnds();
    next();
    return true;
  }

  readonly #refresh = (): void => {
    this.#waits.restart();
    this.#repetition.refresh(this.#prepared.api, this.#injection);
    this.#makeAgain();
  };

  /** The Application or its Secrets may have changed since: resolve again, against the newest snapshot. */
  readonly #makeAgain = (): void => {
    const refused = this.#prepare();
    if (refused) this.#refuse(refused);
    else this.#authenticate();
  };

  /** Unless it was the caller that broke off, of which the target knows nothing. */
  #targetFailed(): void {
    const { request } = this.#received;
    if (this.#permit && (request.complete || !request.destroyed)) this.#permit.failed(performance.now());
  }

  cutAttempt(): void {
    this.#exchange?.abort();
  }

  /** Refuses while there is still time, else cuts the answer so that the caller sees it is not whole. */
  giveUp(reason: Refusal, closeConnection: boolean): void {
    if (this.#over) return;
    if (TARGET_TOO_SLOW.has(reason.code)) this.#targetFailed();
    this.#record.attemptEnds();
    if (!this.#answer.begun) return this.#refuse(reason, closeConnection);
    this.#record.broken = reason.message;
    this.#answer.cut();
  }

  #refuse(cause: Refusal, closeConnection = false): void {
    const reason = this.#record.listener === "legacy" ? asLegacy(cause) : cause;
    this.#record.refusal = reason;
    const unread = leavesUnread(this.#received.request);
    this.#isLast = closeConnection || unread || CLOSING.has(reason.code);
    this.#answer.refuse(reason, this.#isLast);
    this.#waits.reader();
  }

  /** The last thing to happen: the answer is out, or the caller has gone. */
  readonly #closed = (): void => {
    this.#over = true;
    this.#waits.stop();
    this.#body?.forget();
    this.#permit?.end();
    const { response, connection, deadline } = this.#received;
    connection.ended(this, deadline);
    if (!response.writableFinished) {
      this.cutAttempt();
      this.#abandoned?.abort();
    }
    const record = this.#record;
    const complete = response.writableFinished || record.broken !== undefined;
    record.ends(complete ? this.#answer.status : undefined);
  };
}

/** The per-application gateway answered 502 where there is 504 now (gateway spec §16). */
function asLegacy(reason: Refusal): Refusal {
  return reason.code === "GATEWAY_TARGET_TIMEOUT" ? { ...reason, status: 502 } : reason;
}
