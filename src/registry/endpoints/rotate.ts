import { jsonAnswer, refusalAnswer } from "../answer.ts";
import { isRefused } from "../refused.ts";
import { rotateCertificate } from "../rotate-certificate.ts";
import type { Endpoint } from "../router.ts";
import { announced } from "./announce.ts";
import { placeOf, type EndpointParts } from "./endpoint-parts.ts";

/** POST …/certificate/rotate: the new certificate, as GET shows it (registry spec §11.4). */
export function rotate({ context }: EndpointParts): Endpoint {
  return async (call) => {
    const outcome = await rotateCertificate(context, placeOf(call));
    if (isRefused(outcome)) return announced(call, { action: "rotate", answer: refusalAnswer(outcome) });
    const { name, commonName, certificate } = outcome;
    const shown = { commonName, certificate: Buffer.from(certificate).toString("base64") };
    return announced(call, { action: "rotate", name, answer: jsonAnswer(200, shown) });
  };
}
