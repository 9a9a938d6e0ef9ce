import { isIPv6 } from "node:net";

/** `https://127.0.0.1:8090`, `http://[::1]:8080` */
export function originOf(
  scheme: "http" | "https",
  { host, port }: { readonly host: string; readonly port: number },
): string {
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
