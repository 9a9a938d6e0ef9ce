import { withApiKey } from "../../credentials/with-api-key.ts";
import type { CompiledApi } from "../../snapshot/compiled.ts";
import type { Injection } from "../inject.ts";
import { outgoingHeaders } from "../outgoing-headers.ts";
import { outgoingPath, outgoingQuery } from "../outgoing-path.ts";
import type { ProbeRequest } from "./probe-target.ts";

/** Path and headers of a request for the target URL itself, as a call's would be, under a name that its log shows. */
export function probeHead(api: CompiledApi, { authorisation, csrf }: Injection): ProbeRequest["head"] {
  const { target, parameters } = api;
  const { apiKey } = authorisation;
  const headers = outgoingHeaders({
    caller: ["User-Agent", "appconn-check", "Accept", "*/*"],
    host: target.url.host,
    authorization: authorisation.header,
    apiKey: apiKey?.place === "header" ? apiKey : undefined,
    dropAccessToken: false,
    csrfToken: csrf?.token,
    cookie: csrf?.cookies.join("; "),
    forwarded: "strip",
    peer: undefined,
    configured: parameters.headers,
    traceparent: undefined,
  });
  const query = withApiKey(outgoingQuery(target, "", parameters), apiKey);
  return { path: `${outgoingPath(target, "") ?? "/"}${query}`, headers };
}
