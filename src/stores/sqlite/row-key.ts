/** Where a row belongs. `namespace` is empty for cluster-scoped kinds. */
export interface RowKey {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
