/** What stands for a credential in answers, and in a request for the one that is stored (registry spec §6.5). */
export const MASK = "********";
