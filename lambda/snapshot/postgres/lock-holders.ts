import * as z from 'zod';
import { listed } from '../../core/text.ts';
import { parseAnswer } from '../answer.ts';
import type { DatabaseConnection } from './connect.ts';
import { LOCK_HOLDERS_SQL } from './lock-holders.sql.ts';

const holdersSchema = z.array(
  z.object({
    pid: z.number().int(),
    granted: z.boolean(),
    /** The one who waits for this one; null for who keeps readers out. */
    blocks: z.number().int().nullable(),
    /** An address, or `local`; null when it is hidden from the role. */
    client: z.string().nullable(),
  }),
);

type Holder = z.infer<typeof holdersSchema>[number];

/** Who keeps readers from a table now, in words that follow "a lock on the table"; that it is not known when asking fails too. */
export async function lockHolders(
  connection: DatabaseConnection,
  { schema, name }: { readonly schema: string; readonly name: string },
): Promise<{ readonly words: string; readonly pids: readonly number[] }> {
  const holders = await connection
    .value(LOCK_HOLDERS_SQL, [schema, name])
    .then((answer) => parseAnswer(holdersSchema, answer))
    .catch(() => []);
  const pids = holders.map(({ pid }) => pid);
  const [first, ...heads] = holders;
  if (first === undefined) return { words: ', and nobody held it a moment later', pids };
  if (first.granted) return { words: `, held by ${described(first)}`, pids };
  const behind = heads.length === 0 ? '' : `, which itself waits for ${listed(heads.map(described))}`;
  return { words: `, behind ${described(first)}${behind}`, pids };
}

function described({ pid, client }: Holder): string {
  return `pid ${pid} (${client ?? 'client hidden from the role'})`;
}
