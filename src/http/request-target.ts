/** Path and query of a request target; an absolute form has its path after the authority (RFC 9112 §3.2.2). */
export function requestTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.replace(/^https?:\/\/[^/?]*/i, "");
  const question = local.indexOf("?");
  return question === -1
    ? { path: local, query: "" }
    : { path: local.slice(0, question), query: local.slice(question) };
}
