import * as z from 'zod';

const ROW_HASH = 'the hash of the row, 64 lower-case hex digits, as the dry run of a purge shows it';
const BACKUP = 'the number of a backup, as the list of backups shows it';
const TRUE = 'true';
const MOMENT = 'the time of the schedule, as 2026-11-22T03:00:00Z';

/** What a purge or a restore names so that no other row than the one that was seen is touched. */
export const rowHashSchema = z.string({ error: ROW_HASH }).regex(/^[0-9a-f]{64}$/, { error: ROW_HASH });
export const backupSchema = z.number({ error: BACKUP }).int({ error: BACKUP }).min(1, { error: BACKUP });

/** What can be asked, by action; the message of each field says what is allowed there. */
const SCHEMAS = {
  audit: z.strictObject({
    action: z.literal('audit'),
    /** What the stack's schedule sends; only such an audit is followed by a purge, and only where `purge` is automatic. */
    scheduledAt: z.iso.datetime({ offset: true, error: MOMENT }).optional(),
  }),
  purge: z
    .strictObject({
      action: z.literal('purge'),
      /** Without it: a dry run. */
      confirm: rowHashSchema.optional(),
      loseRoutingPolicy: z.literal(true, { error: TRUE }).optional(),
    })
    .refine(({ confirm, loseRoutingPolicy }) => confirm !== undefined || loseRoutingPolicy === undefined, {
      path: ['loseRoutingPolicy'],
      error: 'only a purge with "confirm"',
    }),
  restore: z.strictObject({
    action: z.literal('restore'),
    backup: backupSchema,
    /** The row that is there and may be replaced. */
    replace: rowHashSchema.optional(),
  }),
  backups: z.strictObject({ action: z.literal('backups') }),
} as const;

const FIELDS: Readonly<Record<keyof typeof SCHEMAS, string>> = {
  audit: '"scheduledAt"',
  purge: '"confirm" and "loseRoutingPolicy"',
  restore: '"backup" and "replace"',
  backups: 'nothing',
};

export type AuditRequest = z.infer<typeof SCHEMAS.audit>;
export type PurgeRequest =
  | z.infer<typeof SCHEMAS.purge>
  | z.infer<typeof SCHEMAS.restore>
  | z.infer<typeof SCHEMAS.backups>;
/** What can be asked of the function. */
export type Request = AuditRequest | PurgeRequest;

/** An event that asks for something unknown; the message names it and what is allowed. Nothing was done. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

const ALLOWED =
  'Allowed are {} and {"action":"audit"}, which change nothing, {"action":"purge"}, a dry run, {"action":"purge","confirm":HASH}, {"action":"restore","backup":NUMBER} and {"action":"backups"}.';
/** What the Lambda console offers as its first test event (knowledge/aws.md, schedule and invocation). */
const consoleDefaultSchema = z.strictObject({ key1: z.string(), key2: z.string(), key3: z.string() });
/** EventBridge rules send this envelope; Scheduler sends what the stack wrote as input. */
const scheduledEventSchema = z.looseObject({
  source: z.enum(['aws.events', 'aws.scheduler']),
  'detail-type': z.string(),
});

/**
 * Reads a Lambda event. Nothing, `{}`, the console's default event and a scheduler's own event mean a read-only audit.
 * @throws RequestError for anything else that is not a known request.
 */
export function parseRequest(event: unknown): Request {
  const audit = { action: 'audit' } as const;
  if (event === null || event === undefined) return audit;
  if (typeof event !== 'object' || Array.isArray(event)) {
    throw new RequestError(
      `The event is ${Array.isArray(event) ? 'a list' : `a ${typeof event}`}, not a JSON object. ${ALLOWED}`,
    );
  }
  const given = new Map<string, unknown>(Object.entries(event));
  if (given.size === 0) return audit;
  if (consoleDefaultSchema.safeParse(event).success || scheduledEventSchema.safeParse(event).success) return audit;
  const action = given.get('action');
  if (action === undefined)
    throw new RequestError(`The event has no "action", only ${names([...given.keys()])}. ${ALLOWED}`);
  if (!isAction(action)) throw new RequestError(`The action ${shown(action)} is not known. ${ALLOWED}`);
  const parsed = SCHEMAS[action].safeParse(event);
  if (parsed.success) return parsed.data;
  throw new RequestError(parsed.error.issues.map((issue) => problem(issue, action, given)).join(' '));
}

function isAction(action: unknown): action is keyof typeof SCHEMAS {
  return typeof action === 'string' && Object.hasOwn(SCHEMAS, action);
}

function problem(issue: z.core.$ZodIssue, action: keyof typeof SCHEMAS, given: ReadonlyMap<string, unknown>): string {
  if (issue.code === 'unrecognized_keys') {
    return `Not known beside "action": ${names(issue.keys)}. Allowed with "${action}": ${FIELDS[action]}.`;
  }
  const field = String(issue.path[0]);
  const found = given.has(field) ? shown(given.get(field)) : 'missing';
  return `"${field}" is ${found}. Allowed: ${issue.message}.`;
}

function names(all: readonly string[]): string {
  const few = all.slice(0, 10).map(shown);
  return all.length > few.length ? `${few.join(', ')} and ${all.length - few.length} more` : few.join(', ');
}

/** As JSON, shortened. */
function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(JSON.stringify(value)).slice(0, 60);
}
