import { allowedAt } from '../infra/config-json-schema.ts';
import { valueFromText } from '../lambda/settings/settings.ts';
import { REMOVED_SETTINGS, type Tuning, tuningSchema } from '../lambda/settings/tuning.ts';
import { UsageError } from './usage-error.ts';

const FIELDS = new Map(Object.entries(tuningSchema.shape));

/** The flags that give a limit or deadline. */
export interface TuningFlags {
  readonly set?: readonly string[];
  readonly schema?: string;
  readonly 'auditor-schema'?: string;
  readonly 'litellm-version'?: string;
}

interface Given {
  /** As an error names it. */
  readonly flag: string;
  readonly name: string;
  readonly text: string | undefined;
}

/**
 * The limits and deadlines that the flags give.
 * @param schemaOfUrl the schema that the database URL names; --schema wins over it
 * @param base the values without a flag: the limits that a snapshot was saved with; null for the defaults
 * @throws UsageError that names the flag and what is allowed
 */
export function readTuning(flags: TuningFlags, schemaOfUrl: string | undefined, base: Tuning | null = null): Tuning {
  // The last one of a name wins.
  const all: readonly Given[] = [
    ...(flags.set ?? []).map(splitAssignment),
    { flag: 'The schema in --url', name: 'litellmSchema', text: schemaOfUrl },
    { flag: '--schema', name: 'litellmSchema', text: flags.schema },
    { flag: '--auditor-schema', name: 'auditorSchema', text: flags['auditor-schema'] },
    { flag: '--litellm-version', name: 'litellmVersion', text: flags['litellm-version'] },
  ];
  const given = new Map(all.filter(({ text }) => text !== undefined).map((one) => [one.name, one]));
  const values = [...given.values()].map(({ name, text }) => [name, valueFromText(FIELDS.get(name), text)]);
  const parsed = tuningSchema.safeParse({ ...base, ...Object.fromEntries(values) });
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path }) => {
    const name = String(path[0]);
    const { flag = name, text } = given.get(name) ?? {};
    return `${flag} is ${JSON.stringify(text)}. Allowed: ${allowedAt(['tuning', name])}.`;
  });
  throw new UsageError([...new Set(sentences)].join(' '));
}

function splitAssignment(assignment: string): Given {
  const [name = '', ...rest] = assignment.split('=');
  if (Object.hasOwn(REMOVED_SETTINGS, name)) throw new UsageError(`--set ${name} ${REMOVED_SETTINGS[name]}`);
  const text = rest.join('=');
  if (!FIELDS.has(name) || text === '') {
    throw new UsageError(
      `--set is ${JSON.stringify(assignment)}. Allowed: NAME=VALUE with one of these names: ${[...FIELDS.keys()].join(', ')}.`,
    );
  }
  return { flag: `--set ${name}`, name, text };
}
