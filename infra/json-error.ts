import { transformSync } from 'esbuild';
import { z } from 'zod';

const failureSchema = z.object({
  errors: z.array(z.object({ text: z.string(), location: z.object({ line: z.number(), column: z.number() }) })).min(1),
});

/** Where and why a text is not JSON: `line 3, column 2: Expected "," ...`. JSON.parse often gives no position. */
export function locateJsonError(text: string): string {
  try {
    transformSync(text, { loader: 'json', logLevel: 'silent' });
  } catch (error) {
    const [first] = failureSchema.safeParse(error).data?.errors ?? [];
    if (first) return `line ${first.location.line}, column ${first.location.column + 1}: ${first.text}`;
  }
  return 'the reason is unknown';
}
