const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** An address, or a network in CIDR form. A zone ("%eth0") belongs to a machine, not to a network. */
export function isNetwork(network: string): boolean {
  const [address = "", bits, ...rest] = network.split("/");
  const family = familyOf(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** As `isIP` of node:net says, which does no I/O either but lies beside what does. */
function familyOf(address: string): 0 | 4 | 6 {
  if (IPV4.test(address)) return 4;
  return /^[\da-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]/`) ? 6 : 0;
}
