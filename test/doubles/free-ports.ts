/** Every listener that `appconn serve` can have, on a port of its own choice. */
export const FREE_PORTS = [
  "gateway-port",
  "gateway-compass-port",
  "gateway-health-port",
  "admin-port",
  "ingress-port",
  "ingress-pairing-port",
  "connector-internal-port",
  "connector-external-port",
  "validator-port",
  "registry-port",
].map((name) => `--${name}=0`);
