import { METHODS } from "../http/node-http.ts";

/** A 405 has to say what else there is (RFC 9110 §15.5.6). CONNECT and TRACE are never passed on. */
export const ALLOWED_METHODS = METHODS.filter((method) => method !== "CONNECT" && method !== "TRACE").join(
  ", ",
);
