import { defineFailures } from "../../core/failures.ts";

export const workerFailures = defineFailures({
  WORKERS_NOT_STARTED: {
    status: 500,
    actor: "operator",
    text: "a worker cannot begin to serve: %s",
    remedy:
      "Look at what stands above on stderr. If there is too little memory or there are too few processes, lower workers.",
  },
});
