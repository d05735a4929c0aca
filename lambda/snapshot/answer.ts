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

/**
 * The same for an answer of several parts. A part that was asked for and is not there is no answer, and never reads as "there is nothing".
 * @throws SourceError `unexpected-answer`, which names the place but never the value.
 */
export function parseParts<Schema extends z.ZodType<object>>(
  schema: Schema,
  answer: unknown,
  asked: readonly string[],
): z.output<Schema> {
  const parts = parseAnswer(schema, answer);
  const missing = asked.filter((name) => !Object.hasOwn(parts, name));
  if (missing.length === 0) return parts;
  throw new SourceError(
    failureOf('unexpected-answer', { message: `The answer does not have the expected form at ${missing.join(', ')}.` }),
  );
}
