/** The JSON text of a stored object. */
export interface RowText {
  /** Whether it stands encrypted in the table. */
  readonly sealed: boolean;
  /** As a table holds it: text, or bytes where it is sealed. */
  readonly stored: string | Uint8Array;
  /** The text whole and open. */
  read(): string;
}
