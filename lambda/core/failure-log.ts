/** One entry of the log: which part failed, the error's name, and where in the code; nothing that the error says of data. */
interface LoggedFailure {
  readonly part: string;
  readonly error: string;
  readonly frames: readonly string[];
}

const MOST_FRAMES = 20;
const LONGEST_NAME = 60;
/** A line of a stack that ends with a place in the code. */
const FRAME = /^\s+at .*:\d+:\d+\)?$/;

/** Writes a failure of our own code to stderr as one line of JSON, which Lambda puts into the function's log. */
export function logFailure(part: string, error: unknown): void {
  process.stderr.write(
    `${JSON.stringify({ level: 'ERROR', message: 'A part of the auditor failed.', ...withoutMessage(part, error) })}\n`,
  );
}

/** The message is left out: it could quote what the code was working on. */
function withoutMessage(part: string, error: unknown): LoggedFailure {
  if (!(error instanceof Error)) return { part, error: typeof error, frames: [] };
  // The message stands before the frames, and its own lines can look like one.
  const message = new Set(error.message.split('\n'));
  const frames = (error.stack ?? '').split('\n').filter((line) => FRAME.test(line) && !message.has(line));
  return {
    part,
    error: error.name.slice(0, LONGEST_NAME),
    frames: frames.slice(0, MOST_FRAMES).map((line) => line.trim()),
  };
}
