import { durationText } from "../config/setting.ts";
import { mergeCookies } from "../credentials/cookies.ts";
import { isCredentialFailure } from "../credentials/failures.ts";
import type { FlatHeaders } from "../http/flat-headers.ts";
import { StaleConnection } from "../outbound/http1/exchange.ts";
import type { OutgoingRequest } from "../outbound/outgoing-request.ts";
import type { Refusal } from "../snapshot/compiled.ts";
import { Answer } from "./answer.ts";
import type { CallContext } from "./call-context.ts";
import { CallRecord } from "./call-record.ts";
import { CallerBody } from "./caller-body.ts";
import { checkRequest } from "./check-request.ts";
import { credentialRefusal } from "./credential-refusal.ts";
import { CredentialTimeout } from "./credential-timeout.ts";
import type { Deadline } from "./deadline.ts";
import { refusal } from "./failures.ts";
import { injectCold, injectWarm, type Injection } from "./inject.ts";
import { leavesUnread } from "./leaves-unread.ts";
import { isSafe, mayRepeat } from "./may-repeat.ts";
import { outgoingHeaders } from "./outgoing-headers.ts";
import { isRefusal, prepare, type PreparedCall } from "./prepare.ts";
import { receivedFacts, type ReceivedCall } from "./received-call.ts";
import { readRequestHead, type RequestHead } from "./request-head.ts";
import { passThrough, rewrite, type RewrittenHead } from "./rewrite.ts";
import { TargetExchange, type ExchangeOwner } from "./target-exchange.ts";
import { targetFailure } from "./target-failure.ts";

/**
 * Milliseconds that a caller goes on waiting for its credentials after its time is up: a request for them that
 * it has started itself ends by then, and says more of what went wrong.
 */
const LAST_WORD = 50;

/** What follows on the connection cannot be trusted, or Node has not read it. */
const CLOSING = new Set(["GATEWAY_MALFORMED_REQUEST", "GATEWAY_UPGRADE_UNSUPPORTED"]);

/**
 * One call from its first byte to its last: the stages in order, each of which knows nothing of sockets,
 * and between them the waiting, the repetition after 401 or 403, and the ends that a call can come to.
 */
export class GatewayCall implements ExchangeOwner {
  readonly #context: CallContext;
  readonly #received: ReceivedCall;
  readonly #method: string;
  readonly #head: RequestHead;
  readonly #record: CallRecord;
  readonly #answer: Answer;
  readonly #deadline: Deadline;
  #body: CallerBody | undefined;
  #prepared!: PreparedCall;
  #injection!: Injection;
  #abandoned: AbortController | undefined;
  /** Milliseconds of this attempt's `proxyTimeout` that its credentials took; whole ones stay off the heap. */
  #spent = 0;
  #exchange: TargetExchange | undefined;
  /** The call has been made again with fresh credentials; there is no third time. */
  #repeated = false;
  /** The target's answer is held until the caller's body is whole. */
  #deciding = false;
  /** It has been sent again because its connection had been closed before the target could see it. */
  #resent = false;
  #over = false;
  #isLast = false;

  constructor(context: CallContext, received: ReceivedCall) {
    const { request, response } = received;
    this.#context = context;
    this.#received = received;
    this.#deadline = received.deadline;
    this.#method = request.method ?? "GET";
    this.#head = readRequestHead(request.rawHeaders);
    this.#record = new CallRecord(receivedFacts(received), this.#head);
    this.#answer = new Answer(response, this.#method, this);
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
    this.#exchange?.abort();
    this.#giveUp(refusal("GATEWAY_MALFORMED_REQUEST", reason), true);
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
    const { proxyTimeout } = this.#context.options;
    const timeout = new CredentialTimeout(proxyTimeout);
    const options = { signal, timeout, span: this.#record.span, acceptsDoubted: !this.#repeated };
    this.#deadline.arm(proxyTimeout + LAST_WORD, () => this.#abandoned?.abort(timeout));
    const outcome = await injectCold(this.#prepared.api, this.#head.accessToken, options).catch(
      (error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      },
    );
    // The caller has gone, and its closing has ended the call, or its body turned out to be malformed.
    if (!this.open || !outcome) return;
    this.#deadline.stop();
    this.#spent = timeout.spent;
    if (isCredentialFailure(outcome)) this.#refuse(credentialRefusal(outcome, this.#repeated));
    else this.#send(outcome);
  }

  #send(injection: Injection): void {
    this.#injection = injection;
    const body = (this.#body ??= this.#head.hasBody ? this.#callerBody() : undefined);
    if (!body) return this.#attempt(undefined);
    if (!body.isSmall && !this.#repeated) return this.#attempt(body.stream());
    void body.whole().then((whole) => {
      // Without a whole body the caller has gone, and its closing ends the call.
      if (whole && this.open) this.#attempt(whole);
    });
  }

  #attempt(body: OutgoingRequest["body"]): void {
    this.#awaitTarget();
    this.#dispatch(body);
  }

  /** The head of its answer is due within what the credentials have left of `proxyTimeout` (gateway spec §14). */
  #awaitTarget(): void {
    this.#deadline.arm(this.#context.options.proxyTimeout - this.#spent, this.#targetTimedOut);
  }

  #callerBody(): CallerBody {
    const { options } = this.#context;
    const { request, response, expectsContinue } = this.#received;
    return new CallerBody(request, {
      contentLength: this.#head.contentLength,
      remember: this.#mayRepeat ? options.retryBufferBytes : 0,
      budget: this.#context.budget,
      tellToSend: () => {
        if (expectsContinue) response.writeContinue();
      },
      waiting: (forCaller) => {
        // Once the target answers, its answer is what is waited for, unless the call may be repeated.
        if (!this.open || (this.#record.targetStatus !== undefined && !this.#deciding)) return;
        if (forCaller) this.#deadline.arm(options.requestTimeout, this.#callerTooSlow);
        else this.#awaitTarget();
      },
    });
  }

  /** ⑤ */
  #dispatch(body: OutgoingRequest["body"]): void {
    const { connections, options } = this.#context;
    const { api, path, query } = this.#prepared;
    this.#record.attemptBegins();
    this.#exchange = new TargetExchange({
      owner: this,
      answer: this.#answer,
      deadline: this.#deadline,
      streamIdleTimeout: options.streamIdleTimeout,
    });
    const pool = connections.pool(api.target.url.origin, this.#injection.tls);
    const headers = this.#outgoingHeaders();
    const freshConnection = this.#resent;
    this.#exchange.send(pool, { method: this.#method, path: path + query, headers, body, freshConnection });
  }

  #outgoingHeaders(): string[] {
    const { request } = this.#received;
    const { api, gatewayPath } = this.#prepared;
    const { authorisation, csrf } = this.#injection;
    return outgoingHeaders({
      caller: request.rawHeaders,
      host: api.target.url.host,
      authorization: authorisation.header,
      dropAccessToken: this.#head.accessToken !== undefined,
      csrfToken: csrf?.token,
      cookie: csrf && mergeCookies(csrf.cookies, this.#head.cookie),
      forwarded: gatewayPath === undefined ? "strip" : this.#context.options.forwardedHeaders,
      peer: this.#record.peer,
      configured: api.parameters.headers,
      traceparent: this.#record.targetSpan?.traceparent,
    });
  }

  answered(status: number): void {
    this.#record.targetStatus = status;
  }

  repeats(status: number): Promise<boolean> | undefined {
    if ((status !== 401 && status !== 403) || this.#repeated || !this.#mayRepeat) return undefined;
    return this.#repeat();
  }

  /** ⑥ */
  rewrite(status: number, headers: FlatHeaders): RewrittenHead {
    const { api, path, gatewayPath } = this.#prepared;
    if (gatewayPath === undefined) return passThrough(status, headers);
    const { url: target } = api.target;
    return rewrite(status, headers, { target, sentPath: path, gatewayPath, callerHost: this.#head.host });
  }

  ended(): void {
    this.#awaitReader();
    this.#record.attemptEnds();
  }

  failed(error: Error): void {
    if (this.#over) return;
    this.#record.attemptEnds(error);
    const resendable = !this.#resent && !this.#body && isSafe(this.#method);
    if (resendable && error instanceof StaleConnection) {
      this.#resent = true;
      // Still the same attempt, so its deadline goes on.
      return this.#dispatch(undefined);
    }
    this.#giveUp(targetFailure(error), false);
  }

  stalled(): void {
    this.#exchange?.abort();
    const { streamIdleTimeout } = this.#context.options;
    this.#giveUp(refusal("GATEWAY_TARGET_STALLED", durationText(streamIdleTimeout)), false);
  }

  heldBack(): void {
    this.#awaitReader();
  }

  get #mayRepeat(): boolean {
    const { api } = this.#prepared;
    const ownToken = this.#head.accessToken !== undefined;
    return mayRepeat({ method: this.#method, api, ownToken }, this.#context.options);
  }

  /** Answers false when the body cannot be sent again, so that the target's answer must do. */
  async #repeat(): Promise<boolean> {
    this.#deciding = true;
    const isWhole = !this.#body || (await this.#body.whole()) !== undefined;
    this.#deciding = false;
    // The caller has gone meanwhile, or kept it waiting for too long.
    if (!this.open) return true;
    this.#deadline.stop();
    if (!isWhole) return false;
    const { api } = this.#prepared;
    this.#repeated = true;
    this.#spent = 0;
    this.#record.attemptEnds();
    if (this.#head.accessToken === undefined) api.provider.invalidate(this.#injection.authorisation);
    if (this.#injection.csrf) api.csrf?.invalidate(this.#injection.csrf);
    // The Application or its Secrets may have changed since: resolve again, against the newest snapshot.
    const refused = this.#prepare();
    if (refused) this.#refuse(refused);
    else this.#authenticate();
    return true;
  }

  readonly #targetTimedOut = (): void => {
    this.#exchange?.abort();
    const timedOut = refusal("GATEWAY_TARGET_TIMEOUT", durationText(this.#context.options.proxyTimeout));
    // The per-application gateway answered 502 (gateway spec §16).
    this.#giveUp(this.#record.listener === "legacy" ? { ...timedOut, status: 502 } : timedOut, false);
  };

  readonly #callerTooSlow = (): void => {
    this.#exchange?.abort();
    this.#giveUp(
      refusal("GATEWAY_CALLER_TOO_SLOW", durationText(this.#context.options.requestTimeout)),
      true,
    );
  };

  /** What has been written leaves as fast as the caller reads. One that stops must not keep its connection. */
  #awaitReader(): void {
    const { response } = this.#received;
    // Behind the answer to an earlier call nothing leaves, however fast the caller reads.
    const isQueued = response.socket === null && !response.destroyed;
    if (isQueued) response.once("socket", () => this.#awaitReader());
    if (isQueued || response.writableFinished) return this.#deadline.stop();
    const { streamIdleTimeout } = this.#context.options;
    this.#deadline.arm(streamIdleTimeout, () => {
      this.#exchange?.abort();
      this.#giveUp(refusal("GATEWAY_CALLER_STALLED", durationText(streamIdleTimeout)), true);
    });
  }

  /** Refuses while there is still time, else cuts the answer so that the caller sees it is not whole. */
  #giveUp(reason: Refusal, closeConnection: boolean): void {
    if (this.#over) return;
    this.#record.attemptEnds();
    if (!this.#answer.begun) return this.#refuse(reason, closeConnection);
    this.#record.broken = reason.message;
    this.#answer.cut();
  }

  #refuse(reason: Refusal, closeConnection = false): void {
    this.#record.refusal = reason;
    const unread = leavesUnread(this.#received.request);
    this.#isLast = closeConnection || unread || CLOSING.has(reason.code);
    this.#answer.refuse(reason, this.#isLast);
    this.#awaitReader();
  }

  /** The last thing to happen: the answer is out, or the caller has gone. */
  readonly #closed = (): void => {
    this.#over = true;
    this.#deadline.stop();
    this.#body?.forget();
    this.#received.connection.ended(this, this.#deadline);
    const { response } = this.#received;
    if (!response.writableFinished) {
      this.#exchange?.abort();
      this.#abandoned?.abort();
    }
    const record = this.#record;
    const complete = response.writableFinished || record.broken !== undefined;
    record.ends(complete ? this.#answer.status : undefined);
  };
}
