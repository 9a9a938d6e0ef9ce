/** Bytes of a specification that is fetched, packed or not (registry spec §12). */
export const LARGEST_SPECIFICATION = 32 * 1024 * 1024;
