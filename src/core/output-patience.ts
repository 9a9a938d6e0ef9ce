/**
 * How long the end of a server waits for an output (a log, stdout, stderr) that does not take what was written
 * to it. Milliseconds.
 */
export const OUTPUT_PATIENCE = 2000;
