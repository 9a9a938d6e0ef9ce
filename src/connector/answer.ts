import { Failure, formatText } from "../core/failures.ts";
import { goJson } from "../http/go-json.ts";
import { JSON_CONTENT_TYPE } from "../http/json-error.ts";
import { connectorFailures, type ConnectorFailureCode } from "./failures.ts";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly failure?: AnsweredFailure;
  /** Told once whether the connection took all of it, or closed before. Never rejects. */
  readonly settle?: (isDelivered: boolean) => Promise<void>;
}

/** Code of the table, and the text that the caller is told. */
export interface AnsweredFailure {
  readonly code: ConnectorFailureCode;
  readonly text: string;
}

export interface Refusal extends Answer {
  readonly failure: AnsweredFailure;
}

type Values = readonly (string | number)[];

/** Tokens and certificates are for nobody else: no cache may keep them. */
const PRIVATE = { "Content-Type": JSON_CONTENT_TYPE, "Cache-Control": "no-store" };

/** JSON with the line feed that the original's encoder adds (connector spec §2). */
export function jsonAnswer(status: number, value: unknown, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { ...PRIVATE, ...headers }, body: `${goJson(value)}\n` };
}

/** Success without a body, which carries the content type all the same. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: PRIVATE, body: "" };
}

/** The error body `{"code":…,"error":…}`. */
export function refusal(code: ConnectorFailureCode, ...values: Values): Refusal {
  return refusalWith(code, formatText(connectorFailures[code].text, values));
}

/** With a text that is filled in already, and further members after the two that every client knows. */
export function refusalWith(code: ConnectorFailureCode, text: string, more: object = {}): Refusal {
  const { status } = connectorFailures[code];
  return { ...jsonAnswer(status, { code: status, error: text, ...more }), failure: { code, text } };
}

export function connectorFailure(
  code: ConnectorFailureCode,
  values: Values = [],
  options?: ErrorOptions,
): Failure {
  return new Failure(code, connectorFailures[code], values, options);
}
