import { defineFailures } from "../core/failures.ts";

export const pkiFailures = defineFailures({
  PKI_KEY_MISSING: {
    status: 500,
    actor: "operator",
    text: "the certificate authority %s has lost its key %s",
    remedy:
      "Put the key file back from a backup, or remove the certificate too: a new authority is made at the next start, and every kubeconfig and client that trusts the old one must be given the new.",
  },
  PKI_UNREADABLE: {
    status: 500,
    actor: "operator",
    text: "cannot read %s: %s",
    remedy: "Restore the file from a backup, or remove it together with its certificate or key.",
  },
  PKI_MISMATCH: {
    status: 500,
    actor: "operator",
    text: "the certificate %s and the key %s do not belong together",
    remedy: "Restore both files from the same backup, or remove both.",
  },
  PKI_FILE_UNWRITABLE: {
    status: 500,
    actor: "operator",
    text: "the file %s cannot be written: %s",
    remedy:
      "Make room on the disk, and let the user of this process write to the directory. What stood in the file before still does.",
  },
  PKI_FILE_EXPOSED: {
    status: 500,
    actor: "operator",
    text: "the secret file %s can be read by other users (mode %s): run chmod 600 on it",
    remedy: "Restrict the file to its owner; if others may have read it, replace what is in it.",
  },
});
