import { Failure } from "../core/failures.ts";
import { ingressFailures } from "./failures.ts";

/** Public host names, in lower case and without a port. */
export interface IngressHosts {
  /** Where a client certificate is asked for. */
  readonly gateway: string;
  /** Where pairing begins, with a token. */
  readonly connectorService: string;
}

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const HOST = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/** The hosts of a domain; throws INGRESS_BAD_DOMAIN where they would be none. */
export function ingressHosts(domain: string): IngressHosts {
  const lower = domain.toLowerCase();
  const hosts = { gateway: `gateway.${lower}`, connectorService: `connector-service.${lower}` };
  if (HOST.test(hosts.gateway) && HOST.test(hosts.connectorService)) return hosts;
  throw new Failure("INGRESS_BAD_DOMAIN", ingressFailures.INGRESS_BAD_DOMAIN, [domain]);
}

/** Whether a `Host` header or a target's authority means this host; the port does not matter. */
export function isHost(given: string, host: string): boolean {
  if (given.length === host.length && given === host) return true;
  return given.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase() === host;
}
