import { isCredentialFailure } from "../credentials/failures.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { StaleConnection } from "../outbound/http1/exchange.ts";
import type { OutgoingRequest } from "../outbound/outgoing-request.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { Answer } from "./answer.ts";
import type { CallContext } from "./call-context.ts";
import { CallRecord } from "./call-record.ts";
import { CallWaits, waitTimes, type WaitingCall } from "./call-waits.ts";
import { CallerBody } from "./caller-body.ts";
import { checkRequest } from "./check-request.ts";
import { credentialRefusal } from "./credential-refusal.ts";
import { CredentialTimeout } from "./credential-timeout.ts";
import { refusal } from "./failures.ts";
import { injectCold, injectWarm, type Injection } from "./inject.ts";
import { leavesUnread } from "./leaves-unread.ts";
import { isSafe } from "./may-repeat.ts";
import { isRefusal, prepare, type PreparedCall } from "./prepare.ts";
import { receivedFacts, type ReceivedCall } from "./received-call.ts";
import { Repetition } from "./repetition.ts";
import { readRequestHead, type RequestHead } from "./request-head.ts";
import { passThrough, rewrite, type RewrittenHead } from "./rewrite.ts";
import { TargetExchange, type ExchangeOwner } from "./target-exchange.ts";
import { targetFailure } from "./target-failure.ts";
import { targetHeaders } from "./target-request.ts";

/** What follows on the connection cannot be trusted, or Node has not read it. */
const CLOSING = new Set(["GATEWAY_MALFORMED_REQUEST", "GATEWAY_UPGRADE_REFUSED"]);

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
    const refused = checkRequest(this.#received.request, this.#head) ?? this.#prepare();
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
    const inquiry = { addressing, target: request.url ?? "", host: this.#head.host };
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

  /** ④ */
  #authenticate(): void {
    const { api } = this.#prepared;
    const { accessToken } = this.#head;
    const warm = injectWarm(api, accessToken);
    if (api.provider.fetches && accessToken === undefined) this.#record.tokenCacheHit ??= warm !== undefined;
    if (warm) this.#send(warm);
    else void this.#authenticateCold();
  }

  async #authenticateCold(): Promise<void> {
    this.#abandoned ??= new AbortController();
    const { signal } = this.#abandoned;
    const { refreshed } = this.#repetition;
    const timeout = new CredentialTimeout(this.#waits.times.proxyTimeout);
    const options = { signal, timeout, span: this.#record.span, acceptsDoubted: !refreshed };
    this.#waits.credentials(() => this.#abandoned?.abort(timeout));
    const outcome = await injectCold(this.#prepared.api, this.#head.accessToken, options).catch(
      (error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      },
    );
    // The caller has gone, and its closing has ended the call, or its body turned out to be malformed.
    if (!this.open || !outcome) return;
    this.#waits.stop();
    this.#waits.spent = timeout.spent;
    if (isCredentialFailure(outcome)) this.#refuse(credentialRefusal(outcome, refreshed));
    else this.#send(outcome);
  }

  #send(injection: Injection): void {
    this.#injection = injection;
    const body = (this.#body ??= this.#head.hasBody ? this.#callerBody() : undefined);
    if (!body) return this.#attempt(undefined);
    if (!body.isSmall && !this.#repetition.refreshed) return this.#attempt(body.stream());
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
    const { api, path, query } = this.#prepared;
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
    const pool = connections.pool(api.target.url.origin, this.#injection.tls);
    const freshConnection = this.#repetition.resent;
    this.#exchange.send(pool, { method: this.#method, path: path + query, headers, body, freshConnection });
  }

  answered(status: number): void {
    this.#record.targetStatus = status;
  }

  repeats(status: number): Promise<boolean> | undefined {
    return this.#repetition.wantsFresh(status, this.#prepared.api) ? this.#repeat() : undefined;
  }

  /** ⑥ */
  rewrite(status: number, headers: FlatHeaders): RewrittenHead {
    const { api, path, gatewayPath } = this.#prepared;
    if (gatewayPath === undefined) return passThrough(status, headers);
    const { url: target } = api.target;
    return rewrite(status, headers, { target, sentPath: path, gatewayPath, callerHost: this.#head.host });
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
    this.giveUp(targetFailure(error), false);
  }

  stalled(): void {
    this.#waits.targetStalled();
  }

  heldBack(): void {
    this.#waits.reader();
  }

  /** Answers false when the body cannot be sent again, so that the target's answer must do. */
  async #repeat(): Promise<boolean> {
    this.#repetition.deciding = true;
    const isWhole = !this.#body || (await this.#body.whole()) !== undefined;
    this.#repetition.deciding = false;
    // The caller has gone meanwhile, or kept it waiting for too long.
    if (!this.open) return true;
    this.#waits.stop();
    if (!isWhole) return false;
    this.#waits.spent = 0;
    this.#record.attemptEnds();
    this.#repetition.refresh(this.#prepared.api, this.#injection);
    // The Application or its Secrets may have changed since: resolve again, against the newest snapshot.
    const refused = this.#prepare();
    if (refused) this.#refuse(refused);
    else this.#authenticate();
    return true;
  }

  cutAttempt(): void {
    this.#exchange?.abort();
  }

  /** Refuses while there is still time, else cuts the answer so that the caller sees it is not whole. */
  giveUp(reason: Refusal, closeConnection: boolean): void {
    if (this.#over) return;
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
