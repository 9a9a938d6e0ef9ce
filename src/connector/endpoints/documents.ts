import { fileAnswer } from "../../http/file-answer.ts";
import type { Answer } from "../answer.ts";
import type { PublishedList } from "../revocation-list.ts";
import type { Endpoint } from "../router.ts";

/** GET /v1 (connector spec §6), with the body that the original's library writes. */
export function redirectToDocument(): Answer {
  return {
    status: 301,
    headers: { Location: "/v1/api.yaml", "Content-Type": "text/html; charset=utf-8" },
    body: '<a href="/v1/api.yaml">Moved Permanently</a>.\n\n',
  };
}

/** GET /v1/health: 200 and nothing. */
export function health(): Answer {
  return { status: 200, headers: {}, body: "" };
}

/** GET /v1/ca.crl: anybody may check (connector spec §18). */
export function revocationList(list: PublishedList): Endpoint {
  return async () => ({
    status: 200,
    headers: { "Content-Type": "application/pkix-crl", "Cache-Control": "max-age=60" },
    body: await list.der(),
  });
}

/** GET /v1/api.yaml as a file. */
export function document(text: string, modified: Date): Endpoint {
  const file = { bytes: Buffer.from(text), contentType: "text/plain; charset=utf-8", modified };
  return ({ request }) => fileAnswer(request.headers, file);
}
