import type { IncomingMessage } from "node:http";
import { formatText } from "../core/failures.ts";
import { textAnswer, textRefusal, type Answer } from "./answer.ts";
import type { CheckedDocument } from "./checked-document.ts";
import type { CheckDocument } from "./documents-context.ts";
import { documentsFailures } from "./failures.ts";
import { formRefusal } from "./form-refusal.ts";
import { receiveFiles } from "./receive-files.ts";
import type { FormLimits } from "./receive-form.ts";

const CURRENT = "2.0.0";

type Judge = (checked: CheckedDocument) => Answer;

/** `/v1/convert` and `/v1/validate` of AsyncAPI documents (registry spec §9.5). */
export class AsyncApiEndpoints {
  readonly #check: CheckDocument;
  readonly #limits: FormLimits;

  constructor(check: CheckDocument, limits: FormLimits) {
    this.#check = check;
    this.#limits = limits;
  }

  /** 200 with the document as JSON of 2.0.0, 304 where it is that already, 422 for any other. */
  convert(request: IncomingMessage): Promise<Answer> {
    return this.#judge(request, converted);
  }

  /** 200, or 422 with one error per line. */
  validate(request: IncomingMessage): Promise<Answer> {
    return this.#judge(request, validated);
  }

  async #judge(request: IncomingMessage, judge: Judge): Promise<Answer> {
    if (request.method !== "POST") {
      const refused = textRefusal("DOCUMENTS_POST_ONLY");
      return { ...refused, headers: { ...refused.headers, Allow: "POST" } };
    }
    const limits = this.#limits;
    const form = await receiveFiles(request, limits);
    if (form.kind !== "form") {
      return formRefusal(form, { limits, unreadable: "DOCUMENTS_FORM_UNREADABLE", refuse: textRefusal });
    }
    const file = form.files.find(({ field }) => field === "content");
    if (!file) return textRefusal("DOCUMENTS_NO_CONTENT");
    const { fileName, taken } = file;
    return judge(await this.#check({ type: "asyncapi", fileName, content: taken }));
  }
}

function converted(checked: CheckedDocument): Answer {
  if (checked.converted) {
    const { buffer, byteOffset, byteLength } = checked.converted.content;
    return {
      status: 200,
      headers: { "Content-Type": "application/json" },
      body: Buffer.from(buffer, byteOffset, byteLength),
    };
  }
  if (checked.format === "asyncapi" && checked.version === CURRENT) {
    return { status: 304, headers: {}, body: "" };
  }
  const [error = foreign(checked)] = errorsOf(checked);
  const isOther = checked.format === "asyncapi" && checked.version !== "";
  return textRefusal("DOCUMENTS_REFUSED", isOther ? unsupported(checked) : error);
}

function unsupported({ version }: CheckedDocument): string {
  return `asyncapi: unsupported asyncapi version '${version}'`;
}

/** Why something that is no AsyncAPI document, and has no error as what it is, is refused. */
function foreign({ findings, format }: CheckedDocument): string {
  const unchecked = findings.find(({ severity }) => severity === "warning");
  return format === "unknown" && unchecked ? unchecked.message : "asyncapi: error invalid property asyncapi";
}

function validated(checked: CheckedDocument): Answer {
  if (checked.converted) return textRefusal("DOCUMENTS_REFUSED", `/asyncapi: must be "${CURRENT}"`);
  const errors = errorsOf(checked);
  if (errors.length === 0 && checked.format === "asyncapi") return textAnswer(200, "");
  const reasons = checked.format === "asyncapi" ? errors : [errors[0] ?? foreign(checked)];
  return textAnswer(documentsFailures.DOCUMENTS_REFUSED.status, reasons.map(line).join("\n"));
}

function errorsOf({ findings }: CheckedDocument): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === "error");
  return errors.map(({ path, message }) =>
    path === "" || message.startsWith("asyncapi:") ? message : `${path}: ${message}`,
  );
}

function line(reason: string): string {
  return formatText(documentsFailures.DOCUMENTS_REFUSED.text, [reason.replace(/[\r\n]+/g, " ")]);
}
