import { CommandError } from "../command-error.ts";
import { objectAt, objectsAt, textAt } from "../json-fields.ts";

/** A refusal of the server, in the words in which kubectl shows it (admin-api spec §13). */
export class StatusError extends CommandError {
  readonly code: number;
  readonly reason: string;
  readonly serverMessage: string;
  /** What was being done, such as `error when creating "orders.yaml"`. */
  readonly while: string | undefined;
  readonly #status: unknown;

  constructor(code: number, status: unknown, during?: string) {
    super(describe(code, status, during));
    this.name = "StatusError";
    this.code = code;
    this.reason = textAt(status, "reason") ?? "";
    this.serverMessage = textAt(status, "message") ?? "";
    this.while = during;
    this.#status = status;
  }

  /** The same refusal, saying what was being done. */
  during(activity: string): StatusError {
    return new StatusError(this.code, this.#status, activity);
  }
}

function describe(code: number, status: unknown, during: string | undefined): string {
  if (code === 401) return "error: You must be logged in to the server (Unauthorized)";
  const reason = textAt(status, "reason");
  // The connector's own errors are `{"code":…,"error":"…"}` (connector spec §2).
  const message =
    textAt(status, "message") ?? textAt(status, "error") ?? `the server answered with status ${code}`;
  const invalid = reason === "Invalid" ? describeInvalid(objectAt(status, "details")) : undefined;
  const activity = during ? `${during}: ` : "";
  return invalid ?? `Error from server${reason ? ` (${reason})` : ""}: ${activity}${message}`;
}

/** One cause behind the subject, several as a list; undefined without causes. */
function describeInvalid(details: unknown): string | undefined {
  const texts = objectsAt(details, "causes").map((cause) =>
    [textAt(cause, "field"), textAt(cause, "message")].filter((text) => text !== undefined).join(": "),
  );
  if (texts.length === 0) return undefined;
  const subject = `The ${textAt(details, "kind") ?? "object"} "${textAt(details, "name") ?? ""}" is invalid:`;
  return texts.length === 1
    ? `${subject} ${texts[0]}`
    : [subject, ...texts.map((text) => `* ${text}`)].join("\n");
}
