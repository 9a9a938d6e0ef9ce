import { answerError, answerPieces, type Response } from "./answer.ts";
import type { ListServices } from "./external-api.ts";

/** How the services of an Application are called and what is wrong with them (gateway spec §21). */
export async function getServices(
  listed: ReturnType<ListServices>,
  application: string,
  response: Response,
): Promise<void> {
  if (listed === undefined)
    return answerError(response, 404, `application with name ${application} not found`);
  if (listed === "unread") return answerError(response, 503, "the configuration has not been read yet");
  await answerPieces(response, "application/json", listed);
}
