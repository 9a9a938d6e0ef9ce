import type { FlatHeaders } from "../http/flat-headers.ts";
import type { TlsIdentity } from "./tls-identity.ts";

/** One small request whose answer is taken whole: for a token, for a CSRF token. */
export interface ExchangeRequest {
  readonly method: "GET" | "POST";
  /** `https://host:port`, normalised. */
  readonly origin: string;
  /** The configuration does not name this very host, but writes it otherwise (see WrittenHost). */
  readonly disguised: boolean;
  /** Path and query as they are to stand on the wire. */
  readonly path: string;
  /** May follow a redirect anywhere: nothing in them is secret. */
  readonly headers: FlatHeaders;
  /** Sent to `origin` alone. */
  readonly privateHeaders: FlatHeaders;
  /** Sent to `origin` alone. */
  readonly body: Buffer | undefined;
  /** Makes the body anew for a second try, where it holds what a server takes only once. */
  readonly renewBody?: (() => Promise<Buffer>) | undefined;
  /** Its client certificate is presented to `origin` alone. */
  readonly tls: TlsIdentity;
  /** `discard`: the answer is complete with its headers, whatever its body does. */
  readonly responseBody: "buffer" | "discard";
  /** Bytes of a buffered body; more is a failure. */
  readonly maxResponseBytes: number;
}
