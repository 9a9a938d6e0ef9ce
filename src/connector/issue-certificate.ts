import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failures.ts";
import { readCertificateRequest, type CertificateRequest } from "../pki/certificate-request.ts";
import type { SignedClientCertificate } from "../pki/client-authority.ts";
import type { ClientCertificateOrder } from "../pki/client-certificate-order.ts";
import type { ExpectedSubject } from "../pki/request-subject.ts";
import { subjectText, type SubjectFields } from "../pki/subject-fields.ts";
import type { IssuedCertificate, PairingPurpose } from "../stores/pairing-records.ts";
import { jsonAnswer, refusal, refusalWith, type Answer, type Refusal } from "./answer.ts";
import { dryRunOf } from "./dry-run.ts";
import { jsonMember } from "./json-member.ts";
import { certificateNameOf, subjectFieldsOf, type PairingContext } from "./pairing-context.ts";
import { aboutContext, PairingSteps } from "./pairing-steps.ts";
import { readBody } from "./read-body.ts";
import type { Call } from "./router.ts";
import { tellCertificate } from "./tell-certificate.ts";

export interface IssuingOptions {
  readonly sign: (order: ClientCertificateOrder) => Promise<SignedClientCertificate>;
  readonly fields: SubjectFields;
  /** Milliseconds. */
  readonly validities: Readonly<Record<PairingPurpose, number>>;
  readonly uriName: boolean;
  /** A body that is no JSON is the caller's fault in the status too. */
  readonly strictErrors: boolean;
  readonly clock: Clock;
  /** Called when a certificate is on record. */
  readonly issued: (certificate: IssuedCertificate) => void;
}

export interface Issuing {
  readonly call: Call;
  readonly context: PairingContext;
  /** Hash of the certificate that is renewed; undefined where a token is used. */
  readonly renewedFrom: string | undefined;
  /** Puts the certificate on record; false where the right to it was lost meanwhile. */
  readonly record: (issued: IssuedCertificate) => Promise<boolean>;
}

/** From the body of a request to a certificate on record (connector spec §6, rows 1 to 14). */
export class CertificateIssuer {
  readonly #options: IssuingOptions;

  constructor(options: IssuingOptions) {
    this.#options = options;
  }

  async issue(issuing: Issuing): Promise<Answer> {
    const { call, context, renewedFrom } = issuing;
    const isDryRun = dryRunOf(call.query);
    if (isDryRun === undefined) return refusal("CONNECTOR_BAD_QUERY", "dryRun is neither true nor false");
    if (isDryRun) return this.#try(issuing);
    const about = { ...aboutContext(context), peer: call.peer, renewedFrom };
    const steps = PairingSteps.begin(renewedFrom === undefined ? "issue" : "renew", about);
    try {
      const answer = await this.#answer(issuing, steps);
      if (answer.failure) {
        steps.failed(answer.failure.text);
        tellCertificate.refused(context, answer.failure.text);
      }
      return answer;
    } catch (error) {
      steps.failed("Internal error.");
      throw error;
    }
  }

  /** Checks the request alone. Which attribute differs is said only here: others compare the body as a whole. */
  async #try({ call, context }: Issuing): Promise<Answer> {
    const csr = await this.#requestOf(call);
    if (typeof csr !== "string") return csr;
    const expected = this.#expected(context);
    const read = await readCertificateRequest(csr, expected);
    if (read.kind === "request") {
      return jsonAnswer(200, { subject: subjectText(expected.fields, expected.commonName), valid: true });
    }
    const { text, details } = read;
    return refusalWith("CONNECTOR_REQUEST_REFUSED", text, details ? { details } : {});
  }

  async #answer(issuing: Issuing, steps: PairingSteps): Promise<Answer> {
    const { call, context, renewedFrom } = issuing;
    const csr = await this.#requestOf(call);
    if (typeof csr !== "string") return csr;
    const expected = this.#expected(context);
    const read = await readCertificateRequest(csr, expected);
    if (read.kind === "refused") return refusalWith("CONNECTOR_REQUEST_REFUSED", read.text);
    const signed = await this.#sign(read, context);
    if ("failure" in signed) return signed;
    const { serial, hash, issuer, notBefore, notAfter } = signed;
    const issued: IssuedCertificate = {
      ...context,
      ...{ hash, serial, issuer, notBefore, notAfter },
      subject: subjectText(expected.fields, expected.commonName),
      issuedAt: this.#options.clock.now(),
      requestedFrom: call.peer,
      renewedFrom,
      revokedAt: undefined,
    };
    if (!(await issuing.record(issued))) return refusal("CONNECTOR_TOKEN_INVALID");
    steps.succeeded({ serial, hash, notAfter });
    this.#options.issued(issued);
    tellCertificate.issued(issued);
    return certificateAnswer(signed);
  }

  #expected(context: PairingContext): ExpectedSubject {
    const fields = subjectFieldsOf(context, this.#options.fields);
    return { fields, commonName: certificateNameOf(context) };
  }

  async #requestOf({ request }: Call): Promise<string | Answer> {
    const { clock, strictErrors } = this.#options;
    const body = await readBody(request, clock);
    if (body.kind === "too-large") return refusal("CONNECTOR_BODY_TOO_LARGE");
    if (body.kind === "unfinished") return refusal("CONNECTOR_BODY_UNFINISHED");
    const csr = jsonMember(body.bytes, "csr");
    if (csr.kind === "member") return csr.value;
    return refusal(
      strictErrors ? "CONNECTOR_BODY_UNREADABLE_STRICT" : "CONNECTOR_BODY_UNREADABLE",
      csr.detail,
    );
  }

  async #sign(
    { publicKey }: CertificateRequest,
    context: PairingContext,
  ): Promise<SignedClientCertificate | Refusal> {
    const { sign, validities, uriName, clock } = this.#options;
    const { fields: subject, commonName } = this.#expected(context);
    const { purpose, application } = context;
    try {
      return await sign({
        publicKey,
        subject,
        commonName,
        validity: validities[purpose],
        now: clock.now(),
        uriName: uriName && purpose === "application" ? `urn:app:${application}` : undefined,
      });
    } catch (error) {
      // Failures of the authority say what is wrong with it and hold no key; other texts are for the log.
      if (!(error instanceof Failure)) throw error;
      return refusal("CONNECTOR_SIGNING_FAILED", error.message);
    }
  }
}

/** First the client's own, then who signed it, up to the root (connector spec §8). */
function certificateAnswer({ certificate, chainPem }: SignedClientCertificate): Answer {
  return jsonAnswer(201, {
    crt: encoded(certificate + chainPem),
    clientCrt: encoded(certificate),
    caCrt: encoded(chainPem),
  });
}

function encoded(pem: string): string {
  return Buffer.from(pem).toString("base64");
}
