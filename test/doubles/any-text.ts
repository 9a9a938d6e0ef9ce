import fc from "fast-check";

/** Texts of any UTF-16 units, lone surrogates and controls too, with a liking for what ends lines and quotes. */
export function anyText(maxLength = 100): fc.Arbitrary<string> {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xff_ff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom("\n", "\r", '"', "\\", "\u001B", "\u0085", "\u2028", "\u202E", "?", "😀"),
  );
  return fc.array(unit, { maxLength }).map((units) => units.join(""));
}
