import type { AmbiguousApi, BrokenApi, CompiledApi } from "../snapshot/compiled.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { refusal, type GatewayRefusal } from "./failures.ts";
import type { Route } from "./route.ts";

/** ② Finds the API that a route names. Map look-ups only, however many Applications there are. */
export function resolve(route: Route, snapshot: Snapshot): CompiledApi | BrokenApi | GatewayRefusal {
  const application = snapshot.application(route.application);
  const found =
    route.addressing === "manual"
      ? application?.byService.get(route.service)
      : application?.byEntry.get(`${route.service}/${route.entry}`);
  if (found && found.kind !== "ambiguous") return found;
  const refused = found ? ambiguous(route, found) : unknown(route, snapshot);
  // Whoever looks after the Application finds the call among its own: no answer tells this.
  return application
    ? { ...refused, identity: { application: application.name, service: "", entry: "" } }
    : refused;
}

function ambiguous(route: Route, { hits }: AmbiguousApi): GatewayRefusal {
  return route.addressing === "manual"
    ? refusal("GATEWAY_AMBIGUOUS_SERVICE", route.service, hits)
    : refusal("GATEWAY_AMBIGUOUS_ENTRY", route.service, route.entry, hits);
}

/** An unknown Application and an unknown service read the same, so names cannot be probed. */
function unknown(route: Route, snapshot: Snapshot): GatewayRefusal {
  if (!snapshot.synced) {
    const cause = "the configuration has not been read yet";
    return refusal("GATEWAY_NOT_SYNCED", route.service, route.application, cause);
  }
  return route.addressing === "manual"
    ? refusal("GATEWAY_UNKNOWN_SERVICE", route.service)
    : refusal("GATEWAY_UNKNOWN_ENTRY", route.service, route.entry);
}
