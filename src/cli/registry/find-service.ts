import { normaliseName, serviceSegment } from "../../core/names.ts";
import type { PlainObject } from "../../core/plain-object.ts";
import { CommandError, usageError } from "../command-error.ts";
import { objectsAt, textAt } from "../json-fields.ts";
import { printable } from "../output/printable.ts";
import type { ApiClient } from "../server/api-client.ts";

export interface FoundService {
  readonly id: string;
  readonly displayName: string;
}

const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";

/** `APPLICATION/SERVICE`, where the service goes by its id, its display name or its part of the gateway's path. */
export async function findService(client: ApiClient, place: string): Promise<FoundService> {
  const [, application, wanted] = /^([^/]+)\/(.+)$/s.exec(place) ?? [];
  if (application === undefined || wanted === undefined) {
    throw usageError("error: say which service: APPLICATION/SERVICE, such as shop/orders");
  }
  const { body } = await client.request({ path: `${APPLICATIONS}/${encodeURIComponent(application)}` });
  const services = objectsAt(body, "spec", "services").map(read);
  // Whoever names an id means that, even where another service is called so.
  for (const isMeant of [
    ({ id }: FoundService) => id === wanted,
    ({ displayName }: FoundService) => displayName === wanted,
    (service: FoundService) => serviceSegment(service) === normaliseName(wanted),
  ]) {
    const [first, ...others] = services.filter(isMeant);
    if (first && others.length === 0) return first;
    if (first) throw ambiguous(wanted, [first, ...others]);
  }
  const shown = printable(wanted);
  throw new CommandError(`error: ${printable(application)} has no service ${shown}; see appconn api list`);
}

function read(service: PlainObject): FoundService {
  return { id: textAt(service, "id") ?? "", displayName: textAt(service, "displayName") ?? "" };
}

function ambiguous(wanted: string, services: readonly FoundService[]): CommandError {
  const ids = services.map(({ id }) => printable(id)).join(", ");
  return new CommandError(`error: ${services.length} services are called ${printable(wanted)}: ${ids}`);
}
