import type { SQLOutputValue } from "node:sqlite";

/** Where a row belongs. `namespace` is empty for cluster-scoped kinds. */
export interface RowKey {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The key columns of a row as it was read. */
export function keyOf(row: Readonly<Record<string, SQLOutputValue>>): RowKey {
  return {
    group: String(row["api_group"]),
    kind: String(row["kind"]),
    namespace: String(row["namespace"]),
    name: String(row["name"]),
  };
}
