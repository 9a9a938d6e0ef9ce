import type { IncomingMessage } from "node:http";
import { isPlainObject } from "../core/plain-object.ts";
import { errorsRefusal, jsonAnswer, type Answer } from "./answer.ts";
import type { CheckDocument } from "./documents-context.ts";
import { formRefusal } from "./form-refusal.ts";
import { receiveFiles } from "./receive-files.ts";
import type { FormFile, FormLimits } from "./receive-form.ts";

interface Extracted {
  readonly filePath: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

interface ExtractError {
  readonly filePath: string;
  readonly message: string;
}

/** `/v1/extract`: front matter of Markdown files, each in the field of its path (registry spec §9.5). */
export class ExtractEndpoint {
  readonly #check: CheckDocument;
  readonly #limits: FormLimits;

  constructor(check: CheckDocument, limits: FormLimits) {
    this.#check = check;
    this.#limits = limits;
  }

  async serve(request: IncomingMessage): Promise<Answer> {
    const limits = this.#limits;
    const form = await receiveFiles(request, limits);
    if (form.kind !== "form") {
      return formRefusal(form, {
        limits,
        unreadable: "DOCUMENTS_EXTRACTION_UNREADABLE",
        refuse: errorsRefusal,
      });
    }
    const repeated = repeatedField(form.files);
    if (repeated !== undefined) return errorsRefusal("DOCUMENTS_SEVERAL_FILES", repeated);
    const files = form.files.filter(({ taken }) => taken.length > 0);
    if (files.length === 0) return errorsRefusal("DOCUMENTS_NOTHING_SENT");
    return await this.#extract(files);
  }

  async #extract(files: readonly FormFile<Buffer>[]): Promise<Answer> {
    const data: Extracted[] = [];
    const errors: ExtractError[] = [];
    for (const { field, taken } of files) {
      // eslint-disable-next-line no-await-in-loop -- one form does not keep everything busy
      const { findings, metadata } = await this.#check({ type: "docs", fileName: "a.md", content: taken });
      const values = metadata["frontMatter"];
      const broken = findings.find(({ severity }) => severity === "error");
      if (broken) errors.push({ filePath: field, message: broken.message });
      else data.push({ filePath: field, ...(isPlainObject(values) ? { metadata: values } : {}) });
    }
    const status = errors.length === 0 ? 200 : data.length === 0 ? 422 : 207;
    return jsonAnswer(status, {
      ...(data.length > 0 ? { data } : {}),
      ...(errors.length > 0 ? { errors } : {}),
    });
  }
}

function repeatedField(files: readonly FormFile<unknown>[]): string | undefined {
  const seen = new Set<string>();
  for (const { field } of files) {
    if (seen.has(field)) return field;
    seen.add(field);
  }
  return undefined;
}
