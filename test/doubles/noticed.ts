import type { TestContext } from "node:test";
import { noticed, type Notice } from "../../src/telemetry/channels.ts";

/** What is noticed until the end of the test, as lines `Application/shop Reason: message`. */
export function noticedLines(context: TestContext): string[] {
  const lines: string[] = [];
  const listen = ({ object, reason, message }: Notice) =>
    void lines.push(`${object.kind}/${object.name} ${reason}: ${message}`);
  noticed.subscribe(listen);
  context.after(() => noticed.unsubscribe(listen));
  return lines;
}
