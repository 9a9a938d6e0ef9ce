import { CommandError } from "../command-error.ts";
import type { PlainObject } from "../../core/plain-object.ts";
import { objectsAt, textAt, valueAt } from "../json-fields.ts";
import type { OpenServer } from "../server/open-server.ts";

/** One API, and what came of each step of a call. */
export interface CheckedApi {
  /** As the server tells it, for programs. */
  readonly record: PlainObject;
  readonly displayName: string;
  /** Path segments. */
  readonly service: string;
  readonly entry: string;
  readonly steps: readonly CheckedStep[];
}

export interface CheckedStep {
  readonly step: string;
  readonly state: string;
  readonly milliseconds: number;
  readonly message: string;
  readonly remedy: string | undefined;
}

export interface CheckEnd {
  readonly ok: boolean;
  readonly checked: number;
  readonly failed: number;
  /** For which there was no time left. */
  readonly unchecked: number;
}

export interface CheckListener {
  readonly running: (text: string) => void;
  readonly checked: (api: CheckedApi) => void;
}

/** Asks the server for a dry run and reads it to its end; a CommandError where the server breaks it off. */
export async function readCheck(
  { client }: OpenServer,
  wanted: { readonly application: string; readonly service: string | undefined },
  listener: CheckListener,
): Promise<CheckEnd> {
  const { application, service } = wanted;
  const path = `/v1/applications/${encodeURIComponent(application)}/check`;
  const query = service === undefined ? {} : { service };
  for await (const line of client.stream({ method: "POST", path, query })) {
    const kind = textAt(line, "kind");
    if (kind === "running") listener.running(`${pathOf(line)}: ${textAt(line, "step") ?? ""}`);
    if (kind === "api") listener.checked(apiOf(line as PlainObject));
    if (kind === "end") return endOf(line);
  }
  throw new CommandError("the server broke the check off");
}

function apiOf({ kind: _kind, ...record }: PlainObject): CheckedApi {
  const steps = objectsAt(record, "steps").map((step) => ({
    step: textAt(step, "step") ?? "",
    state: textAt(step, "state") ?? "",
    milliseconds: numberAt(step, "milliseconds"),
    message: textAt(step, "message") ?? "",
    remedy: textAt(step, "remedy"),
  }));
  return {
    record,
    displayName: textAt(record, "displayName") ?? "",
    service: textAt(record, "service") ?? "",
    entry: textAt(record, "entry") ?? "",
    steps,
  };
}

function endOf(line: unknown): CheckEnd {
  return {
    ok: valueAt(line, "ok") === true,
    checked: numberAt(line, "checked"),
    failed: numberAt(line, "failed"),
    unchecked: numberAt(line, "unchecked"),
  };
}

function pathOf(line: unknown): string {
  return [textAt(line, "service"), textAt(line, "entry")].filter(Boolean).join("/");
}

function numberAt(value: unknown, key: string): number {
  const found = valueAt(value, key);
  return typeof found === "number" ? found : 0;
}
