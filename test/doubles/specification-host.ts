import { startTarget, type Target } from "./target.ts";

const OPENAPI = { info: { title: "Fetched", version: "1" }, paths: {} };
const METADATA = `<?xml version="1.0"?>
<edmx:Edmx Version="4.0"><edmx:DataServices><Schema Namespace="a"/></edmx:DataServices></edmx:Edmx>`;

/** By the end of the path. */
const FILES: Readonly<Record<string, string>> = {
  "/openapi.json": JSON.stringify({ openapi: "3.0.0", ...OPENAPI }),
  "/swagger.json": JSON.stringify({ swagger: "2.0", ...OPENAPI }),
  "/openapi.yaml": "openapi: 3.0.0\ninfo: { title: Fetched, version: '1' }\npaths: {}\n",
  "/metadata.xml": METADATA,
  "/$metadata": METADATA,
  "/page.html": "<html><script>alert(1)</script></html>",
  "/empty": "",
};

/**
 * A proxy that is itself every host there is: with it as HTTP_PROXY and HTTPS_PROXY nothing that a server is told
 * to fetch leaves this machine. It knows some specifications, gives tokens, and refuses tunnels.
 */
export async function startSpecificationHost(): Promise<Target> {
  return await startTarget(async (call) => {
    const body = await call.body;
    const file = Object.entries(FILES).find(([end]) => call.path.endsWith(end))?.[1];
    if (call.method === "CONNECT") return call.respond(502);
    if (file !== undefined) return call.respond(200, {}, file);
    if (body.length > 0) return call.respond(200, {}, JSON.stringify({ access_token: "t", expires_in: 60 }));
    return call.respond(404);
  });
}
