/** A flag, URL or file that cannot be used; the message names it and what is allowed, and holds no password. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The sentence for stderr. The message of any other error may hold a password, so that only its name is shown. */
export function errorSentence(error: unknown, subject: string): string {
  if (error instanceof UsageError) return error.message;
  return `${subject} failed: ${error instanceof Error ? error.name : 'an unknown error'}.`;
}
