import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import { readBody as readWholeBody, type ReadBody } from "../http/read-body.ts";

/** The largest body that is read (connector spec §8). */
const LARGEST_BODY = 64 * 1024;

/** Milliseconds; less than a token is claimed for. */
const PATIENCE = 15_000;

/** Takes a whole small body. */
export function readBody(request: IncomingMessage, clock: Clock): Promise<ReadBody> {
  return readWholeBody(request, { limit: LARGEST_BODY, patience: PATIENCE, clock });
}
