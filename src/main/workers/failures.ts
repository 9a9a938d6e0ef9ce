import { defineFailures } from "../../core/failures.ts";

export const workerFailures = defineFailures({
  WORKERS_NOT_STARTED: {
    status: 500,
    actor: "operator",
    text: "a worker cannot begin to serve: %s",
    remedy:
      "Look at the reason, and at what stands above on stderr. If there is too little memory, or there are too few processes or open files, lower workers or raise the limit. Where 127.0.0.1 cannot be reached, bring the loopback interface up, or set workers to 1.",
  },
});
