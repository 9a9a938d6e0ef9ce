import { formatText } from "../core/failures.ts";
import { goJson } from "../http/go-json.ts";
import { JSON_CONTENT_TYPE, jsonError } from "../http/json-error.ts";
import { documentsFailures, type DocumentsFailureCode } from "./failures.ts";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

type Values = readonly (string | number)[];

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { "Content-Type": JSON_CONTENT_TYPE }, body: `${goJson(value)}\n` };
}

export function textAnswer(status: number, text: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: text };
}

/** `{"code":…,"error":…}`. */
export function refusal(code: DocumentsFailureCode, ...values: Values): Answer {
  const { status, text } = documentsFailures[code];
  const body = jsonError(status, formatText(text, values));
  return { status, headers: { "Content-Type": JSON_CONTENT_TYPE }, body };
}

/** As the AsyncAPI service of the original refuses: the reason alone. */
export function textRefusal(code: DocumentsFailureCode, ...values: Values): Answer {
  const { status, text } = documentsFailures[code];
  return textAnswer(status, formatText(text, values));
}

/** As the upload and the front-matter service of the original refuse. */
export function errorsRefusal(code: DocumentsFailureCode, ...values: Values): Answer {
  const { status, text } = documentsFailures[code];
  return jsonAnswer(status, { errors: [{ message: formatText(text, values) }] });
}
