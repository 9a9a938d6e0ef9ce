import { isPlainObject, ownValue } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { members } from "./resolved.ts";

export interface Content {
  readonly schema: unknown;
  readonly path: string;
}

/** The `content` of OpenAPI 3: media types without their parameters → schemas. */
export function mediaSchemas(content: unknown, path: string): ReadonlyMap<string, Content> {
  return new Map(
    members(content).map(([type, media]) => [
      (type.split(";")[0] ?? type).trim().toLowerCase(),
      {
        schema: isPlainObject(media) ? ownValue(media, "schema") : undefined,
        path: `${path}${writePointer(["content", type, "schema"])}`,
      },
    ]),
  );
}
