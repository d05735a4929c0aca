import * as z from 'zod';

const ROW_HASH = 'the hash of the row (64 lower-case hexadecimal digits), as shown by the dry run of a purge';
const BACKUP = 'the number of a backup, as shown in the list of backups';
const TRUE = 'true';
const MOMENT = 'the time of the schedule, such as 2026-11-22T03:00:00Z';

/** A purge or a restore names the row that was seen, so that no other row is changed. */
export const rowHashSchema = z.string({ error: ROW_HASH }).regex(/^[0-9a-f]{64}$/, { error: ROW_HASH });
export const backupSchema = z.number({ error: BACKUP }).int({ error: BACKUP }).min(1, { error: BACKUP });

const FINDING = 'the id of a check, such as connection-leak, or the fingerprint of a finding';
const DURATION = 'a time such as 12h or 7d, at most 999h or 99d';
const WHY = 'a reason of 1 to 200 characters, which the report shows';
const findingSchema = z.string({ error: FINDING }).regex(/^[a-z0-9-]{1,64}$/, { error: FINDING });

/** The form of each request. The message of each field is what is allowed there. */
const SCHEMAS = {
  audit: z.strictObject({
    action: z.literal('audit'),
    /** Sent by the stack's schedule. Only such an audit is followed by a purge, and only if `purge` is automatic. */
    scheduledAt: z.iso.datetime({ offset: true, error: MOMENT }).optional(),
    /** Has an audit by hand published too; its caller is answered in any case. */
    notify: z.literal(true, { error: TRUE }).optional(),
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
      error: 'only together with "confirm"',
    }),
  restore: z.strictObject({
    action: z.literal('restore'),
    backup: backupSchema,
    /** The current row, which may be replaced. */
    replace: rowHashSchema.optional(),
  }),
  backups: z.strictObject({ action: z.literal('backups') }),
  mute: z.strictObject({
    action: z.literal('mute'),
    finding: findingSchema,
    for: z.string({ error: DURATION }).regex(/^([1-9]\d{0,2}h|[1-9]\d?d)$/, { error: DURATION }),
    why: z.string({ error: WHY }).min(1, { error: WHY }).max(200, { error: WHY }),
  }),
  unmute: z.strictObject({ action: z.literal('unmute'), finding: findingSchema }),
  muted: z.strictObject({ action: z.literal('muted') }),
} as const;

const FIELDS: Readonly<Record<keyof typeof SCHEMAS, string>> = {
  audit: '"notify" and "scheduledAt"',
  purge: '"confirm" and "loseRoutingPolicy"',
  restore: '"backup" and "replace"',
  backups: 'no other field',
  mute: '"finding", "for" and "why"',
  unmute: '"finding"',
  muted: 'no other field',
};

export type AuditRequest = z.infer<typeof SCHEMAS.audit>;
export type PurgeRequest =
  | z.infer<typeof SCHEMAS.purge>
  | z.infer<typeof SCHEMAS.restore>
  | z.infer<typeof SCHEMAS.backups>;
export type MuteRequest = z.infer<typeof SCHEMAS.mute> | z.infer<typeof SCHEMAS.unmute> | z.infer<typeof SCHEMAS.muted>;
/** A request to the function. */
export type Request = AuditRequest | PurgeRequest | MuteRequest;

/** An event that is not a valid request; the message names the fault and what is allowed. Nothing was changed. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

const ALLOWED =
  'Allowed: {} or {"action":"audit"} for an audit, with "notify":true to publish it too, {"action":"purge"} for a dry run, {"action":"purge","confirm":HASH}, {"action":"restore","backup":NUMBER}, {"action":"backups"}, {"action":"mute","finding":ID,"for":"7d","why":TEXT}, {"action":"unmute","finding":ID}, {"action":"muted"}.';
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
    throw new RequestError(`The event has no "action", only ${quoteAll([...given.keys()])}. ${ALLOWED}`);
  if (!isAction(action)) throw new RequestError(`The action ${quote(action)} does not exist. ${ALLOWED}`);
  const parsed = SCHEMAS[action].safeParse(event);
  if (parsed.success) return parsed.data;
  throw new RequestError(parsed.error.issues.map((issue) => describeIssue(issue, action, given)).join(' '));
}

function isAction(action: unknown): action is keyof typeof SCHEMAS {
  return typeof action === 'string' && Object.hasOwn(SCHEMAS, action);
}

function describeIssue(
  issue: z.core.$ZodIssue,
  action: keyof typeof SCHEMAS,
  given: ReadonlyMap<string, unknown>,
): string {
  if (issue.code === 'unrecognized_keys') {
    return `Unknown: ${quoteAll(issue.keys)}. Allowed with "action":"${action}": ${FIELDS[action]}.`;
  }
  const field = String(issue.path[0]);
  const found = given.has(field) ? quote(given.get(field)) : 'missing';
  return `"${field}" is ${found}. Allowed: ${issue.message}.`;
}

function quoteAll(all: readonly string[]): string {
  const few = all.slice(0, 10).map(quote);
  return all.length > few.length ? `${few.join(', ')} and ${all.length - few.length} more` : few.join(', ');
}

/** As JSON, shortened. */
function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(JSON.stringify(value)).slice(0, 60);
}
