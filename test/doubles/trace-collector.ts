import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceState: string | undefined;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<CollectedSpan, "attributes"> & {
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
}

/** An OTLP/HTTP collector on loopback that keeps what it got. */
export class TraceCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Readonly<Record<string, unknown>>[] = [];
  readonly paths: string[] = [];
  /** Everything that came, as it came. */
  readonly bodies: string[] = [];
  /** What it answers from now on; "hang": nothing. */
  answer: number | "hang" = 200;
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    const { promise, resolve } = Promise.withResolvers<void>();
    collector.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  span(name: string): CollectedSpan {
    const found = this.spans.find((span) => span.name === name);
    if (!found) throw new Error(`no span ${name} among ${this.spans.map((span) => span.name).join(", ")}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.answer === "hang") return;
    if (this.answer === 200) this.#keep(request.url ?? "", body);
    response.writeHead(this.answer, { "Content-Type": "application/json" }).end("{}");
  }

  #keep(path: string, body: string): void {
    this.paths.push(path);
    this.bodies.push(body);
    for (const { resource, scopeSpans } of (JSON.parse(body) as ExportRequest).resourceSpans) {
      this.resources.push(plain(resource.attributes));
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        this.spans.push({ ...span, attributes: plain(span.attributes) });
      }
    }
  }
}

/** `{key, value: {stringValue}}` → `key: value` */
function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
