/** RFC 9110 §5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** RFC 9110 §5.5 */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ILLEGAL_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether this is the name of a header, or of a method. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether this may be the value of a header: what could end it would begin another one. */
export function isFieldValue(text: string): boolean {
  return !ILLEGAL_IN_VALUE.test(text);
}
