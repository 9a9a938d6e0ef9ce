import { isIP } from "node:net";
import { lookupHost } from "../server/lookup-host.ts";

/** `host:port` for messages. The path is for the request, the query never for a message: it has the token. */
export function placeOf(url: URL): string {
  return url.host;
}

/** Where to connect to, for `tls.connect` and `https.request`. */
export function addressOf(url: URL) {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    host,
    port: url.port === "" ? 443 : Number(url.port),
    lookup: lookupHost,
    // RFC 6066 §3: addresses are no server names.
    ...(isIP(host) ? {} : { servername: host }),
  };
}
