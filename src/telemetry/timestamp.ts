let lastSecond = Number.NaN;
let lastText = "";

/** Milliseconds since the epoch → `2026-11-21T12:02:24.007Z`; the part of the second is remembered. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  const rest = Math.floor(milliseconds) - second * 1000;
  return `${lastText}${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}Z`;
}
