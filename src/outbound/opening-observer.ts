/** Hears how each connection comes about, step by step: for those who want to know where one fails. */
export interface OpeningObserver {
  /** The target's name has been looked up: what it may be connected to at, or why not. Not asked behind a proxy. */
  lookedUp(hostname: string, found: readonly string[] | Error): void;
  /** A connection stands, to the target or to the proxy before it. */
  connected(to: ConnectedTo): void;
  /** The target has shown its certificate, and it is taken. */
  secured(tls: SecuredBy): void;
}

export interface ConnectedTo {
  /** Address and port of the other end. */
  readonly address: string;
  readonly isProxy: boolean;
}

export interface SecuredBy {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** Why the certificate is not trusted, where nobody asks for that. */
  readonly distrusted: string | undefined;
  /** When the certificate ends, in milliseconds since the epoch; unknown where an earlier session goes on. */
  readonly ends: number | undefined;
}
