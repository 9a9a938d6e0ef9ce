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
  PKI_AUTHORITY_UNUSABLE: {
    status: 500,
    actor: "operator",
    text: "the authority of client certificates (%s) cannot be used: %s",
    remedy:
      "Supply a certificate that may sign others (CA, with the key usage keyCertSign), its own key, unencrypted, RSA from 2048 bits or EC on P-256, P-384 or P-521, and the chain above it. Nothing else is used in its place.",
  },
  PKI_AUTHORITY_ENDED: {
    status: 500,
    actor: "operator",
    text: "the authority of client certificates (%s) ended on %s",
    remedy: "Rotate the authority, or supply a new one, and pair the clients again.",
  },
  PKI_AUTHORITY_INCOMPLETE: {
    status: 500,
    actor: "operator",
    text: "the authority of client certificates lacks %s",
    remedy: "Supply certificate and key together: tls.crt and tls.key, or ca.crt and ca.key.",
  },
  PKI_AUTHORITY_SUPPLIED: {
    status: 409,
    actor: "operator",
    text: "the authority of client certificates is supplied from outside: %s is changed there",
    remedy: "Change the files or the Secret that it comes from; they are read again without a restart.",
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
