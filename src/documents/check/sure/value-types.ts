/** Types of JSON as bits, so that several of them are one number. */
export const types = { string: 1, number: 2, boolean: 4, null: 8, array: 16, object: 32 } as const;

export const ALL_TYPES = 63;

/** 0 for what JSON has none for, such as NaN, which YAML can write. */
export function typeOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return types.string;
    case "number":
      return Number.isFinite(value) ? types.number : 0;
    case "boolean":
      return types.boolean;
    case "object":
      if (value === null) return types.null;
      return Array.isArray(value) ? types.array : types.object;
    default:
      return 0;
  }
}
