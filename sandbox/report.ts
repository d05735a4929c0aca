import { z } from 'zod';
import type { Report } from '../lambda/report/report.ts';
import type { Invocation } from './lambda/runtime.ts';

const reportSchema = z.custom<Report>((value) => z.object({ schemaVersion: z.literal(2) }).safeParse(value).success);

/**
 * The report that an invocation returned.
 * @throws Error with the function's output when it returned none
 */
export function readReport(invocation: Invocation): Report {
  if (invocation.status === 'ok') return reportSchema.parse(invocation.result);
  const reason =
    invocation.status === 'function-error'
      ? `${invocation.error.errorType}: ${invocation.error.errorMessage}`
      : invocation.message;
  throw new Error(`The function returned no report. ${reason}\n${invocation.stdout}${invocation.stderr}`);
}
