import { duration, listOfText, port, text, wholeNumber, type Resolved } from "../config/setting.ts";

/** Settings of the admin API. */
export const adminSettings = {
  host: text({
    description:
      "Address of the admin API. On a loopback address the port takes TLS and plain HTTP, on any other TLS alone.",
    default: "127.0.0.1",
  }),
  port: port({ description: "Port of the admin API.", default: 8090 }),
  names: listOfText({
    description: "Further host names and addresses for the server's certificate, beside this machine's own.",
    default: [],
  }),
  maxRequests: wholeNumber({
    description: "Requests answered at once, watches aside; more are told to come back (429).",
    default: 200,
    minimum: 1,
    maximum: 10_000,
  }),
  maxWatches: wholeNumber({
    description: "Watches open at once; more are told to come back (429).",
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
  drain: duration({
    description: "How long a stopping server waits for answers in flight.",
    default: 10_000,
  }),
};

export type AdminOptions = Resolved<typeof adminSettings>;
