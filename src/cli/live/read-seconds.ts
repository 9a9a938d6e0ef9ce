import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../core/duration.ts";

/** A duration of whole seconds. */
export function readSeconds(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 1000 && milliseconds % 1000 === 0)
    return milliseconds / 1000;
  throw new InvalidArgumentError('It must be a duration in whole seconds like "10s" or "1h30m".');
}
