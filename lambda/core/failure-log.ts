/** One entry of the log: which part failed, the error's name, and where in the code; nothing that the error says of data. */
export interface LoggedFailure {
  readonly part: string;
  readonly error: string;
  readonly frames: readonly string[];
}

const MOST_FRAMES = 20;
const LONGEST_NAME = 60;

/** Writes a failure of our own code to stderr as one line of JSON, which Lambda puts into the function's log. */
export function logFailure(part: string, error: unknown): void {
  process.stderr.write(
    `${JSON.stringify({ level: 'ERROR', message: 'A part of the auditor failed.', ...describe(part, error) })}\n`,
  );
}

/** The failure without its message, which could quote what the code was working on. */
export function describe(part: string, error: unknown): LoggedFailure {
  if (!(error instanceof Error)) return { part, error: typeof error, frames: [] };
  // The message can have several lines, and stands before the first frame.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const message = new Set(error.message.split('\n'));
  return {
    part,
    error: error.name.slice(0, LONGEST_NAME),
    frames: frames
      .filter((line) => !message.has(line))
      .slice(0, MOST_FRAMES)
      .map((line) => line.trim()),
  };
}
