import { sendObject, sendValue } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { deleteOptions } from "../query/delete-options.ts";
import { successStatus } from "../status/status.ts";
import { bodyOf, objectView, refOf, type Call } from "./call.ts";

/** DELETE of one object (admin-api spec §8.6): a Status when it is gone, the object while finalizers hold it. */
export async function removeObject(call: Call): Promise<unknown> {
  const { kind, name, reply } = call;
  const view = objectView(call);
  const options = deleteOptions(kind, bodyOf(call), call.query);
  noteForAudit(call.request, { dryRun: options.dryRun === true });
  const { last, gone } = await call.collection.remove(refOf(call), options);
  if (!gone) return sendObject(reply, view, last);
  const group = kind.group === "" ? {} : { group: kind.group };
  const status = successStatus({ name, ...group, kind: kind.plural, uid: last.metadata.uid });
  return sendValue(reply, view.representation, status);
}
