import type { ServiceRequest } from "../service-request.ts";
import { acceptedRequest } from "./accepted-request.ts";
import { checkDefinition } from "./check-definition.ts";
import type { Definition } from "./definition.ts";
import { readDefinition } from "./read-definition.ts";
import { UnreadableDefinition } from "./unreadable-definition.ts";

export interface RefusedRequest {
  /** The whole text of the answer. It may hold a URL with a password: mask it as every other message. */
  readonly refused: string;
  /** There is nothing wrong with it but its length: 413, not 400. */
  readonly isTooLarge?: true;
}

/**
 * Reads and checks the body of a POST or PUT (registry spec §§2.2, 3). The content type is not looked at.
 * How long the body may be is for who received it.
 */
export function readService(body: Buffer): ServiceRequest | RefusedRequest {
  let definition: Definition;
  try {
    definition = readDefinition(body);
  } catch (error) {
    if (!(error instanceof UnreadableDefinition)) throw error;
    return { refused: `Failed to unmarshal request body, ${error.message}` };
  }
  const refused = checkDefinition(definition);
  if (refused !== undefined) return { refused: `Failed to validate request body, ${refused}` };
  return acceptedRequest(definition);
}
