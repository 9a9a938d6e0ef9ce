import type { IncomingMessage } from "node:http";
import { gather } from "./gather.ts";
import { receiveForm, type FormLimits, type ReceivedForm } from "./receive-form.ts";

/** A form whose files are held in memory: for what is answered and forgotten. */
export async function receiveFiles(
  request: IncomingMessage,
  limits: FormLimits,
): Promise<ReceivedForm<Buffer>> {
  return await receiveForm(request, limits, async (content) => Buffer.concat(await gather(content)));
}
