import type { FlatHeaders } from "./flat-headers.ts";

/**
 * What Node's parser lets through although two parties may read it differently (RFC 9112 §§3.2, 6.1,
 * amendment A15): more than one Host, and a transfer coding other than plain `chunked`. Returns why the
 * request must be refused with 400 and the connection closed, or undefined.
 */
export function ambiguousFraming(headers: FlatHeaders): string | undefined {
  let hosts = 0;
  let transferEncodings = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length === 4 && name.toLowerCase() === "host") {
      if (++hosts > 1) return "more than one Host header";
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if (++transferEncodings > 1) return "more than one Transfer-Encoding header";
      if ((headers[index + 1] as string).trim().toLowerCase() !== "chunked") {
        return "a Transfer-Encoding other than chunked";
      }
    }
  }
  return undefined;
}
