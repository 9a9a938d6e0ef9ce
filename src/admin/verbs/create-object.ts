import { admissionWarnings } from "../../core/resources/warnings.ts";
import type { New, Resource } from "../../core/resources/resource.ts";
import { badRequest } from "../admin-failure.ts";
import { sendObject } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { cannotHandle, strayFields, warningsOf } from "../body/field-validation.ts";
import { readObject } from "../body/read-object.ts";
import { writeParameters } from "../query/write-parameters.ts";
import { bodyOf, writerOf, objectView, warn, type Call } from "./call.ts";

/** POST to a collection (admin-api spec §8.1). */
export async function createObject(call: Call): Promise<unknown> {
  const { kind, collection } = call;
  const view = objectView(call);
  const { dryRun, fieldValidation } = writeParameters(call.query, "CreateOptions");
  noteForAudit(call.request, { dryRun });
  const { value, metadata, duplicates } = readObject(kind, bodyOf(call), call.namespace);
  const { name } = metadata;
  if (typeof name === "string" && name !== "") noteForAudit(call.request, { name });
  if ((metadata["resourceVersion"] ?? "") !== "") {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const stray = fieldValidation === "Ignore" ? [] : strayFields(kind, value, duplicates);
  const warnings = warningsOf(fieldValidation, stray, cannotHandle(kind));
  const options = { dryRun, manager: writerOf(call) };
  const created = await collection.create(value as unknown as New<Resource>, options);
  noteForAudit(call.request, { name: created.metadata.name });
  warn(call, [...warnings, ...admissionWarnings(kind, created)]);
  void call.reply.code(201);
  return sendObject(call.reply, view, created);
}
