import * as z from 'zod';

const versionOne = z.looseObject({ schemaVersion: z.literal(1), sources: z.looseObject({}) });

/** Names that release 0.1.0 gave to fields, and what they are called now. */
const RENAMED: Readonly<Record<string, string>> = { missing: 'remediation' };

/** The JSON of a snapshot in this release's form, where it was saved by release 0.1.0; as it is otherwise. */
export function upgradeSnapshot(saved: unknown): unknown {
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
