import type { RequestHandler } from "../../http/request-handler.ts";
import type { InspectedApplication } from "../inspection/inspection.ts";
import { checkApplication, type CheckerOptions, type CheckLine } from "./check-application.ts";

type Response = Parameters<RequestHandler>[1];

export interface AnsweredCheck {
  readonly application: InspectedApplication;
  readonly service: string | undefined;
  readonly surprised: (error: unknown) => void;
}

/** Answers with one JSON document a line while the check goes on; it ends when whoever asked has gone. */
export async function answerCheck(
  { application, service, surprised }: AnsweredCheck,
  response: Response,
  options: CheckerOptions,
): Promise<void> {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort(new Error("whoever asked has gone")));
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.flushHeaders();
  const tell = (line: CheckLine) => written(response, `${JSON.stringify(line)}\n`);
  try {
    await checkApplication(application, { service, signal: leaving.signal, tell }, options);
    response.end();
  } catch (error) {
    if (!leaving.signal.aborted) surprised(error);
    // Without its last line the answer is not whole, and whoever reads it can see that.
    response.destroy();
  }
}

/** Waits for a reader that is slow, and for nobody who has gone. */
async function written(response: Response, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve).once("close", resolve);
  await promise;
  response.off("drain", resolve).off("close", resolve);
}
