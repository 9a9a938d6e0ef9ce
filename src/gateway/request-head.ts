import type { FlatHeaders } from "../http/flat-headers.ts";

/** What the gateway itself reads of a request's headers, found in one pass. */
export interface RequestHead {
  readonly host: string | undefined;
  /** First value of Access-Token, where it is not empty (gateway spec §8.1). */
  readonly accessToken: string | undefined;
  /** Value of Authorization; empty, which is no credential, where there are several. */
  readonly authorization: string | undefined;
  /** Declared length of the body in bytes; undefined when it is chunked or absent. */
  readonly contentLength: number | undefined;
  readonly hasBody: boolean;
  /** Value of Upgrade, when the request asks for one. */
  readonly upgrade: string | undefined;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** All Cookie headers joined; only for the CSRF merge. */
  readonly cookie: string | undefined;
  /** X-Forwarded-Client-Cert, the last of several: the one of the nearest proxy. */
  readonly clientCertificate: string | undefined;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function readRequestHead(headers: FlatHeaders): RequestHead {
  const head: Writable<RequestHead> = {
    host: undefined,
    accessToken: undefined,
    authorization: undefined,
    contentLength: undefined,
    hasBody: false,
    upgrade: undefined,
    requestId: undefined,
    traceparent: undefined,
    tracestate: undefined,
    cookie: undefined,
    clientCertificate: undefined,
  };
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const note = NOTES[name.length];
    if (note !== undefined) note(head, name.toLowerCase(), headers[index + 1] as string);
  }
  // Ignored, and what comes behind it too: the first value counts.
  if (head.accessToken === "") head.accessToken = undefined;
  return head;
}

type Note = (head: Writable<RequestHead>, name: string, value: string) => void;

/** By the length of the name, so that most headers cost one array look-up. */
const NOTES: Readonly<Record<number, Note>> = {
  4: (head, name, value) => {
    if (name === "host") head.host = value;
  },
  6: (head, name, value) => {
    if (name === "cookie") head.cookie = head.cookie === undefined ? value : `${head.cookie}; ${value}`;
  },
  7: (head, name, value) => {
    if (name === "upgrade") head.upgrade = value;
  },
  10: (head, name, value) => {
    if (name === "tracestate") head.tracestate = value;
  },
  11: (head, name, value) => {
    if (name === "traceparent") head.traceparent = value;
  },
  12: (head, name, value) => {
    if (name === "access-token") head.accessToken ??= value;
    else if (name === "x-request-id") head.requestId = value;
  },
  13: (head, name, value) => {
    if (name === "authorization") head.authorization = head.authorization === undefined ? value : "";
  },
  14: (head, name, value) => {
    if (name !== "content-length") return;
    head.contentLength = Number(value);
    head.hasBody ||= head.contentLength > 0;
  },
  17: (head, name) => {
    if (name === "transfer-encoding") head.hasBody = true;
  },
  23: (head, name, value) => {
    if (name === "x-forwarded-client-cert") head.clientCertificate = value;
  },
};
