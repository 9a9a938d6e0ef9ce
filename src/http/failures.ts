import { defineFailures } from "../core/failures.ts";

export const httpFailures = defineFailures({
  HTTP_ADDRESS_IN_USE: {
    status: 500,
    actor: "operator",
    text: "cannot listen on %s port %s (setting %s): another program listens there",
    remedy: "Stop the other program, or give this listener another port; 0 takes any free one.",
  },
  HTTP_ADDRESS_NOT_ALLOWED: {
    status: 500,
    actor: "operator",
    text: "cannot listen on %s port %s (setting %s): this user may not open that port",
    remedy: "Use a port of 1024 or more, or grant the process CAP_NET_BIND_SERVICE.",
  },
  HTTP_ADDRESS_UNKNOWN: {
    status: 500,
    actor: "operator",
    text: "cannot listen on %s port %s (setting %s): this machine does not have that address",
    remedy: "Use an address of this machine, 127.0.0.1 for itself alone, or 0.0.0.0 for all of them.",
  },
  HTTP_LISTEN_FAILED: {
    status: 500,
    actor: "operator",
    text: "cannot listen on %s port %s (setting %s): %s",
    remedy: "The text after the colon is the operating system's.",
  },
});
