/** Whether an `Accept-Encoding` names gzip without `q=0`; a mere `*` is no reason to compress. */
export function takesGzip(header: string | string[] | undefined): boolean {
  return [header ?? ""]
    .flat()
    .flatMap((line) => line.split(","))
    .map((item) => item.trim().toLowerCase())
    .some((item) => /^gzip\s*(;|$)/.test(item) && !/;\s*q=0(\.0*)?\s*$/.test(item));
}
