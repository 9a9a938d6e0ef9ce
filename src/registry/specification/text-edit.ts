/** Replaces the characters from `start` up to `end`; inserts where both are the same. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits that do not overlap, in any order; those at one place in the order in which they are given. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  let edited = "";
  let position = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    edited += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return edited + text.slice(position);
}
