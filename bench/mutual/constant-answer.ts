/** What every server that is compared answers, at no cost worth mentioning. */
export const ANSWER = '{"answer":"constant"}';
export const HEADERS = { "Content-Type": "application/json", "Content-Length": ANSWER.length };
