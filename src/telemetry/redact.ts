/** Stands where a secret stood. */
export const REDACTED = "[redacted]";

/** Longer texts are cut first, so that the rules below cost a bounded time. Characters. */
const LONGEST_TEXT = 16_384;

/** Names whose whole value is secret, compared without case, `-`, `_` and blanks. */
const SECRET_NAMES = new Set(
  `authorization proxyauthorization cookie setcookie cookies accesstoken xcsrftoken csrftoken refreshtoken
   idtoken token bearer clientsecret clientassertion secret password passwd passphrase data stringdata
   privatekey apikey xapikey credentials query queryparameters search body username secretkey`.split(/\s+/),
);

const SECRET_ENDING =
  /(?:password|passphrase|secret|secretkey|privatekey|apikey|token|authorization|cookie)$/;

/** Whether a field or header of this name holds a secret. `secretName` and `credentialSecret` name one. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[-_\s]/g, "");
  if (plain === "credentialsecret") return false;
  return SECRET_NAMES.has(plain) || SECRET_ENDING.test(plain);
}

/** A quoted text, also one inside quoted JSON, or what stands until the next blank or separator. */
const VALUE = String.raw`\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;}\])\\]+`;

/**
 * What secrets look like inside a sentence. Every repetition that may begin at many places is bounded,
 * because texts of targets end up here.
 */
const RULES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY-----|[\s\S]*)/g,
    "[private key]",
  ],
  // RFC 3986 §3.2.1 forbids "/" in user information, but people paste passwords with one: a "port" that is
  // no number before a later "@" is taken for such a password.
  [
    /([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#]*@|[^\s/?#@:]*:(?!\d*(?:[/?#\s"'<>]|$))[^\s@]{0,300}@)?([^\s?#"'<>]*)(?:\?[^\s"'<>]*)?(?:#[^\s"'<>]*)?/gi,
    "$1$2",
  ],
  [/\?[^\s"'<>?=]*=[^\s"'<>]*/g, `?${REDACTED}`],
  [
    /\b((?:proxy-)?authorization|(?:set-)?cookie|access-token|x-csrf-token|x-api-key)(\\*["']?\s*[:=]\s*)(?:\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|[^\r\n"]+)/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(Bearer|Digest|Negotiate)\s+[^\s"',;]+/gi, `$1 ${REDACTED}`],
  [/\bBasic\s+(?!auth(?:entication|orization)?\b|credentials?\b)[A-Za-z0-9+/_-]+=*/g, `Basic ${REDACTED}`],
  [
    new RegExp(
      String.raw`((?:client_?secret|client_assertion|password|passwd|passphrase|(?:access|refresh|id)_?token|api[-_]?key|private[-_]?key|secret[-_]?key))(\\*["']?\s*[:=]\s*)(?:${VALUE})`,
      "gi",
    ),
    `$1$2${REDACTED}`,
  ],
  [/\beyJ[\w-]{8,2000}\.[\w-]+(?:\.[\w-]*)?/g, "[token]"],
];

/**
 * A sentence without what looks like a secret: private keys, user information and queries of URLs,
 * credentials of headers, `password=…`, JSON Web Tokens. A secret without such a shape is not recognised:
 * this is the second line of defence, the first is not to put secrets into texts.
 */
export function redactText(text: string): string {
  let result = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement);
  return result;
}
