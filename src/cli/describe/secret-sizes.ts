import { objectAt } from "../json-fields.ts";

export interface SecretSize {
  readonly key: string;
  readonly bytes: number;
}

/** What may be told of a Secret: which values it has and how long they are. */
export function secretSizes(secret: unknown): readonly SecretSize[] {
  return Object.entries(objectAt(secret, "data") ?? {}).map(([key, value]) => ({
    key,
    bytes: typeof value === "string" ? Buffer.from(value, "base64").length : 0,
  }));
}
