import type { CertificateFilter, IssuedCertificate, PairingRecords } from "../stores/pairing-records.ts";

/** Few enough that nobody else waits long for the store. */
const PAGE = 500;

/** Every recorded certificate that fits, page by page. */
export async function* eachCertificate(
  records: PairingRecords,
  filter: CertificateFilter,
): AsyncGenerator<IssuedCertificate> {
  let after: string | undefined;
  do {
    const paging = { limit: PAGE, ...(after !== undefined && { continue: after }) };
    // eslint-disable-next-line no-await-in-loop -- each page names the next
    const page = await records.certificates(filter, paging);
    yield* page.items;
    after = page.continue;
  } while (after !== undefined);
}
