/** RFC 8259 §2: these four and no other. False at the end of a text, where the code is NaN. */
export function isJsonSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
