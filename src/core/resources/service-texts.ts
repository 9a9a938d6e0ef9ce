import type { Service } from "./service.ts";

/** The cells of `kubectl get services`, in kubectl's own words. */
const NONE = "<none>";

export function clusterAddress({ spec = {} }: Service): string {
  return spec.clusterIP || NONE;
}

export function externalAddress({ spec = {} }: Service): string {
  if (spec.type === "ExternalName") return spec.externalName || NONE;
  const addresses = spec.externalIPs ?? [];
  if (addresses.length > 0) return addresses.join(",");
  // Nobody here will ever give a load balancer its address.
  return spec.type === "LoadBalancer" ? "<pending>" : NONE;
}

export function portsText({ spec = {} }: Service): string {
  const texts = (spec.ports ?? []).map(({ port, nodePort, protocol = "TCP" }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.join(",") || NONE;
}

export function selectorText({ spec = {} }: Service): string {
  const pairs = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.toSorted().join(",") || NONE;
}
