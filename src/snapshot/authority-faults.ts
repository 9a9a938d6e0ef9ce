import type { AuthorityBundle } from "../outbound/authority-bundle.ts";
import { ENDS_SOON, timeText } from "./certificate-faults.ts";
import { remedyOf, type Fault, type FindingReason } from "./finding.ts";

/** More of a bundle would tell nothing new. */
const MOST_TOLD = 3;

/**
 * What the time says of the authorities in the Secret of `ca-bundle`. Those that have ended are a warning, because
 * another one may have signed the target's certificate; the dry run and calls tell whether that is so.
 */
export function authorityFaults(
  secretName: string,
  { validity }: AuthorityBundle,
  now: number,
): readonly Fault[] {
  const told = (place: number) =>
    validity.length === 1
      ? `the authority in secret '${secretName}'`
      : `authority ${place + 1} of ${validity.length} in secret '${secretName}'`;
  const faults = validity.flatMap(({ from, to }, place) => {
    if (now >= to) return [fault("CertificateBundleExpired", `${told(place)} ended at ${timeText(to)}`)];
    if (now < from)
      return [fault("CertificateBundleExpired", `${told(place)} does not count before ${timeText(from)}`)];
    if (to - now > ENDS_SOON) return [];
    return [fault("CertificateBundleExpiring", `${told(place)} ends at ${timeText(to)}`)];
  });
  return faults.slice(0, MOST_TOLD);
}

function fault(reason: FindingReason, message: string): Fault {
  return { reason, severity: "warning", step: "settings", message, remedy: remedyOf(reason) };
}
