/**
 * Where standard base64 is broken, or undefined where it is not. Line breaks are skipped, padding is required
 * (RFC 4648 §4). The offset is the one that Go's decoder names, because the API server's message carries it:
 * the first foreign character, else the start of the group of four that is incomplete.
 */
export function illegalBase64At(text: string): number | undefined {
  // Fast path: a value of a Secret may have a megabyte.
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const foreign = text.search(/[^A-Za-z0-9+/=\r\n]/);
  if (foreign >= 0) return foreign;
  const significant = text.replace(/[\r\n]/g, "");
  const whole = /^(?:[A-Za-z0-9+/]{4})*/.exec(significant)?.[0].length ?? 0;
  return /^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(significant.slice(whole)) ? undefined : whole;
}
