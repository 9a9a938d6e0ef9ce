const DASH = 0x2d;
const NOT_HEXADECIMAL = /[^0-9a-f]/;

/**
 * The trace id in a traceparent header, which may be anything that a caller sent; undefined when it is none.
 * W3C Trace Context §3.2.2: version-trace id-parent id-flags, and more after them in later versions.
 */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  if (traceparent === undefined || traceparent.length < 55) return undefined;
  if (traceparent.charCodeAt(2) !== DASH || traceparent.charCodeAt(35) !== DASH) return undefined;
  const id = traceparent.slice(3, 35);
  return NOT_HEXADECIMAL.test(id) ? undefined : id;
}
