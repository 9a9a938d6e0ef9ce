/** The part of a client's subject that the installation decides; the common name says which client it is. */
export interface SubjectFields {
  /** ISO 3166, two letters. */
  readonly country: string;
  readonly organization: string;
  readonly organizationalUnit: string;
  readonly locality: string;
  readonly province: string;
}

/** The subject as pairing tells it to clients. They split it at `,` and `=`, so nothing is escaped (connector spec §6). */
export function subjectText(fields: SubjectFields, commonName: string): string {
  const { organization, organizationalUnit, locality, province, country } = fields;
  return `O=${organization},OU=${organizationalUnit},L=${locality},ST=${province},C=${country},CN=${commonName}`;
}

/** X.520 upper bounds, in characters; OpenSSL refuses to put more into a request. */
const LONGEST = { country: 2, organization: 64, organizationalUnit: 64, locality: 128, province: 128 };

/**
 * Why a configured subject cannot be used: clients could not split it, or not put it into a request.
 * undefined when it can.
 */
export function checkSubjectFields(fields: SubjectFields): string | undefined {
  for (const name of Object.keys(LONGEST) as (keyof SubjectFields)[]) {
    const problem = problemOf(fields[name], LONGEST[name]);
    if (problem !== undefined) return `the ${wordsOf(name)} of the subject ${problem}`;
  }
  if (!/^[A-Z]{2}$/i.test(fields.country)) return "the country of the subject must be a code of two letters";
  return undefined;
}

function problemOf(value: string, longest: number): string | undefined {
  if (value.trim() === "") return "must not be empty";
  if (value !== value.trim()) return "must not begin or end with a blank";
  if (Array.from(value).length > longest) return `must have at most ${longest} characters`;
  const illegal = /[,="\\\p{Cc}]|\p{Surrogate}/u.exec(value)?.[0];
  return illegal === undefined ? undefined : `must not contain ${JSON.stringify(illegal)}`;
}

function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
