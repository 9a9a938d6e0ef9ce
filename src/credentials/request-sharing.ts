import type { CredentialFailure } from "./failures.ts";

/** What can be shared: plain data. */
export interface Shareable {
  /** Milliseconds from the question; undefined when there is no known end. */
  readonly lifetime: number | undefined;
}

export interface SharedRequest<Value extends Shareable> {
  /** Equal for requests that bring the same: the credential, a space, and whose it is where it is somebody's. */
  readonly key: string;
  /** What this process had last is not enough: it is to be renewed. */
  readonly isRenewal: boolean;
  readonly signal: AbortSignal;
  /** Sends the request from here, where no other process has what it would bring. */
  readonly send: (signal: AbortSignal) => Promise<Value | CredentialFailure>;
}

/** Where several processes serve the same APIs, one of them asks for a token, and all have it. */
export interface RequestSharing {
  request<Value extends Shareable>(shared: SharedRequest<Value>): Promise<Value | CredentialFailure>;
  /** What this process had last under that key was refused, so nobody is to be given it any more. */
  refused(key: string): void;
  /** Nothing here uses the credential any more. */
  forget(credential: string): void;
}

/** For a process that is alone. */
export const unshared: RequestSharing = {
  request: ({ send, signal }) => send(signal),
  refused() {},
  forget() {},
};
