import { admissionWarnings } from "../../core/resources/warnings.ts";
import type { Resource } from "../../core/resources/resource.ts";
import type { Writing } from "../../stores/store.ts";
import { sendObject } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { cannotHandle, strayFields, warningsOf } from "../body/field-validation.ts";
import { checkName, readObject } from "../body/read-object.ts";
import { writeParameters } from "../query/write-parameters.ts";
import { bodyOf, writerOf, objectView, refOf, warn, type Call } from "./call.ts";

/** PUT of one object (admin-api spec §8.2). */
export function replaceObject(call: Call): Promise<unknown> {
  return replace(call, (value, options) => call.collection.update(value, options));
}

/** PUT of the status alone; what else the body says is ignored. */
export function replaceStatus(call: Call): Promise<unknown> {
  return replace(call, (value, options) => call.collection.updateStatus(value, options));
}

async function replace(
  call: Call,
  write: (value: Resource, options: Writing) => Promise<Resource>,
): Promise<unknown> {
  const { kind } = call;
  const view = objectView(call);
  const { dryRun, fieldValidation } = writeParameters(call.query, "UpdateOptions");
  noteForAudit(call.request, { dryRun });
  const { value, metadata, duplicates } = readObject(kind, bodyOf(call), call.namespace);
  checkName(metadata, refOf(call));
  const stray = fieldValidation === "Ignore" ? [] : strayFields(kind, value, duplicates);
  const warnings = warningsOf(fieldValidation, stray, cannotHandle(kind));
  const replaced = await write(value as unknown as Resource, { dryRun, manager: writerOf(call) });
  warn(call, [...warnings, ...admissionWarnings(kind, replaced)]);
  return sendObject(call.reply, view, replaced);
}
