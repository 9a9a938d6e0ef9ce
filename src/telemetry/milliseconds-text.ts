/**
 * A duration as the JSON number of an access line, with three decimals: more digits say nothing. Not left to
 * the engine, which keeps the text of each broken number it has written in its old heap: two of them per
 * call brought a full garbage collection every few seconds.
 */
export function millisecondsText(milliseconds: number): string {
  const microseconds = Math.round(milliseconds * 1000);
  const whole = Math.floor(microseconds / 1000);
  const rest = microseconds - whole * 1000;
  return `${whole}.${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}`;
}
