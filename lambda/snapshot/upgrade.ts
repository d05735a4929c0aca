import * as z from 'zod';
import { SOURCE_NAMES } from './snapshot.ts';

const versionOne = z.looseObject({ schemaVersion: z.literal(1), sources: z.looseObject({}) });

/** Names that release 0.1.0 gave to fields, and what they are called now. */
const RENAMED: Readonly<Record<string, string>> = { missing: 'remediation' };

const anySaved = z.looseObject({ sources: z.looseObject({}) });

/** The JSON of a snapshot in this release's form, where it was saved by an earlier one; as it is otherwise. */
export function upgradeSnapshot(saved: unknown): unknown {
  const renewed = fromVersionOne(saved);
  const parsed = anySaved.safeParse(renewed);
  return parsed.success
    ? { ...parsed.data, sources: { ...NOT_SEEN, ...withProxyLog(withoutGrowth(parsed.data.sources)) } }
    : renewed;
}

/** Two phrases of the proxy's log were counted once, among the metrics. */
const countedByMetrics = z.looseObject({
  value: z.looseObject({ proxyErrors: z.record(z.string(), z.number()).nullable() }),
});

function withProxyLog(sources: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if ('proxy-log' in sources) return sources;
  const metrics = countedByMetrics.safeParse(sources.cloudwatch).data;
  if (metrics === undefined || metrics.value.proxyErrors === null) {
    return {
      ...sources,
      'proxy-log': {
        status: 'skipped',
        durationMs: 0,
        reason: 'This snapshot was saved without the log of the proxy.',
      },
    };
  }
  const { proxyErrors, ...value } = metrics.value;
  return {
    ...sources,
    cloudwatch: { ...metrics, value },
    'proxy-log': { ...metrics, value: { from: 'metrics', lines: proxyErrors, total: null } },
  };
}

/** Sources that an earlier release did not have. */
const NOT_SEEN = Object.fromEntries(
  SOURCE_NAMES.map((name) => [
    name,
    { status: 'skipped', durationMs: 0, reason: 'The release that saved this snapshot did not read it.' },
  ]),
);

function fromVersionOne(saved: unknown): unknown {
  const old = versionOne.safeParse(saved);
  if (!old.success) return saved;
  return {
    ...old.data,
    schemaVersion: 2,
    tuning: null,
    sources: {
      ...z.record(z.string(), z.unknown()).parse(renamed(old.data.sources)),
      previous: { status: 'skipped', durationMs: 0, reason: 'This snapshot was saved without an earlier audit.' },
    },
  };
}

/** Two readings of the counters within seconds were taken once, and what came in between was kept, or why there were none. */
const readTwice = z.looseObject({
  value: z.looseObject({
    activity: z.union([
      z.looseObject({ state: z.literal('not-measured') }),
      z.looseObject({ state: z.literal('seen'), seconds: z.unknown() }).refine((activity) => !('at' in activity)),
    ]),
  }),
});

function withoutGrowth(sources: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const litellm = readTwice.safeParse(sources.litellm);
  if (!litellm.success) return sources;
  const { value, ...result } = litellm.data;
  return { ...sources, litellm: { ...result, value: { ...value, activity: { state: 'not-seen' } } } };
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const newName = RENAMED[name] ?? name;
      // It had no key, so that a short value could be guessed from it.
      if (name === 'hash') return [name, null];
      return [newName, newName === 'remediation' && typeof inner === 'string' ? asStep(inner) : renamed(inner)];
    }),
  );
}

/** Release 0.1.0 kept the GRANT or command alone, or a sentence. */
function asStep(remediation: string) {
  return /^(GRANT|npm run) /.test(remediation)
    ? { text: 'Run this, then audit again:', command: remediation }
    : { text: remediation };
}
