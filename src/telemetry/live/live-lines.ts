import type { Clock } from "../../core/clock.ts";
import { accessLine } from "../access-line.ts";
import {
  callFinished,
  ingressRequestFinished,
  tunnelEnded,
  type EndedTunnel,
  type FinishedCall,
  type IngressRequest,
} from "../channels.ts";
import { ingressAccessLine } from "../ingress-access-line.ts";
import { tunnelLine } from "../tunnel-line.ts";
import { Listeners } from "./listeners.ts";

/** One access line, and what it is looked for by. Plain data. */
export interface LiveLine {
  /** Whose it is: of a request at the ingress, the common name of the client's certificate. */
  readonly application: string | undefined;
  readonly service: string | undefined;
  /** undefined at the end of a tunnel. */
  readonly status: number | undefined;
  /** JSON, as in the access log, with a line feed. */
  readonly text: string;
}

export type LineListener = (line: LiveLine) => void;

/** Writes access lines for whoever listens, and does nothing at all while nobody does. */
export class LiveLines {
  readonly #clock: Pick<Clock, "now">;
  readonly #listeners: Listeners<LiveLine>;

  /** `watched` is told when the first one listens, and when the last one does no more. */
  constructor(clock: Pick<Clock, "now">, watched: (isWatched: boolean) => void = () => {}) {
    this.#clock = clock;
    this.#listeners = new Listeners((isWatched) => {
      if (isWatched) this.#start();
      else this.#stop();
      watched(isWatched);
    });
  }

  get isWatched(): boolean {
    return !this.#listeners.isEmpty;
  }

  /** Lines of another process. */
  add(lines: readonly LiveLine[]): void {
    for (const line of lines) this.#listeners.tell(line);
  }

  /** Lines come as calls end, until disposed of. */
  listen(listener: LineListener): Disposable {
    return this.#listeners.add(listener);
  }

  #start(): void {
    callFinished.subscribe(this.#call);
    tunnelEnded.subscribe(this.#tunnel);
    ingressRequestFinished.subscribe(this.#request);
  }

  #stop(): void {
    callFinished.unsubscribe(this.#call);
    tunnelEnded.unsubscribe(this.#tunnel);
    ingressRequestFinished.unsubscribe(this.#request);
  }

  readonly #call = (call: FinishedCall): void => {
    const { application, service, status } = call;
    this.#listeners.tell({ application, service, status, text: accessLine(call, this.#clock.now()) });
  };

  readonly #tunnel = (tunnel: EndedTunnel): void => {
    const { application, service } = tunnel.call;
    this.#listeners.tell({
      application,
      service,
      status: undefined,
      text: tunnelLine(tunnel, this.#clock.now()),
    });
  };

  readonly #request = (request: IngressRequest): void => {
    const text = ingressAccessLine(request, this.#clock.now());
    this.#listeners.tell({ application: request.client, service: undefined, status: request.status, text });
  };
}
