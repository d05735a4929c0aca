import type { z } from 'zod';
import { failureOf, SourceError } from './failure.ts';

/**
 * Checks that an answer has the promised form.
 * @throws SourceError `unexpected-answer`, which names the place but never the value.
 */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.slice(0, 3).map((issue) => issue.path.join('.') || 'the whole');
  throw new SourceError(
    failureOf('unexpected-answer', { message: `The answer does not have the expected form at ${places.join(', ')}.` }),
  );
}
