import type { Finding } from "../finding.ts";
import { found } from "./found.ts";

/**
 * Of what stands in place of a specification and is none that is known: `{"name":"api"}` was always accepted, and so
 * is the page with which a server asks to sign in, of which somebody should be told.
 */
export const KEPT_AS_IT_IS: Finding = found(
  "info",
  "",
  "It is no OpenAPI, AsyncAPI or OData document: it is kept as it is.",
);
