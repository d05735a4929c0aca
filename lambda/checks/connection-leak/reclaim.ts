import { escapeLiteral } from 'pg';
import { clientCondition } from '../../model/clients.ts';
import type { PoolCohort } from '../../model/cohorts.ts';
import type { Orphans } from './orphans.ts';

/** What only the orphans of one client are: their user, address, database and name, when they started, and that nothing has used them since. */
export function orphanCondition(orphans: Orphans, databaseName: string, application: string): string {
  const { client, cohorts } = orphans;
  const lastUse = cohorts
    .flatMap(({ idleSince }) => idleSince ?? [])
    .reduce((latest, next) => (Date.parse(next) > Date.parse(latest) ? next : latest));
  const starts = ranges(client.cohorts, cohorts).map(
    ({ from, to }) => `backend_start BETWEEN ${escapeLiteral(from)} AND ${escapeLiteral(to)}`,
  );
  return `${clientCondition(client)}
   AND datname = ${escapeLiteral(databaseName)} AND application_name = ${escapeLiteral(application)}
   AND (${starts.join('\n     OR ')})
   AND state = 'idle' AND state_change <= ${escapeLiteral(lastUse)}`;
}

/** Neighbouring orphaned cohorts make one range; one that is in use ends it. */
function ranges(
  all: readonly PoolCohort[],
  orphaned: readonly PoolCohort[],
): readonly { readonly from: string; readonly to: string }[] {
  const found: { from: string; to: string }[] = [];
  let open = false;
  for (const cohort of all) {
    const last = found.at(-1);
    if (!orphaned.includes(cohort)) open = false;
    else if (open && last) last.to = cohort.lastStart;
    else {
      found.push({ from: cohort.firstStart, to: cohort.lastStart });
      open = true;
    }
  }
  return found;
}
