import type { Answer } from "./answer.ts";
import type { DocumentsFailureCode } from "./failures.ts";
import type { FormLimits, ReceivedForm } from "./receive-form.ts";

export interface FormRefusal {
  readonly limits: FormLimits;
  /** For a form that cannot be read. */
  readonly unreadable: DocumentsFailureCode;
  /** In which form the service answers. */
  readonly refuse: (code: DocumentsFailureCode, ...values: readonly (string | number)[]) => Answer;
}

/** The answer to a form that was not received, which names the limit that it went beyond. */
export function formRefusal(
  form: Exclude<ReceivedForm<unknown>, { kind: "form" }>,
  { limits, unreadable, refuse }: FormRefusal,
): Answer {
  switch (form.kind) {
    case "file-too-large":
      return refuse("DOCUMENTS_FILE_TOO_LARGE", form.fileName, limits.fileSize);
    case "request-too-large":
      return refuse("DOCUMENTS_FORM_TOO_LARGE", limits.requestSize);
    case "too-many-parts":
      return refuse("DOCUMENTS_TOO_MANY_PARTS", form.limit);
    case "unreadable":
      return refuse(unreadable, form.reason);
  }
}
