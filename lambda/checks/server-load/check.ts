import { counted } from '../../core/text.ts';
import { defineCheck, incident, notEvaluated } from '../check.ts';
import type { LoadFacts, LoadInput } from './facts.ts';
import { overviewOf } from './overview.ts';
import { processorConcern } from './processor.ts';
import { resourceConcerns } from './resources.ts';
import { storageConcern } from './storage.ts';

/** What the server itself is short of. One result per shortage; a single ok one, which clears the server, when there is none. */
export const serverLoad = defineCheck({
  id: 'server-load',
  title: 'CPU, memory, storage and I/O of the server have room for the sessions that are active.',
  kind: 'incident',
  needs: ['rds', 'load'],
  evaluate({ seen: { rds }, snapshot, model }, settings) {
    const input: LoadInput = {
      snapshot,
      model,
      rds,
      overview: overviewOf(snapshot, model),
      database: snapshot.database,
    };
    const concerns = [
      ...storageConcern(input, settings),
      ...processorConcern(input, settings),
      ...resourceConcerns(input),
    ];
    if (concerns.length > 0) return concerns;
    const subject = `database ${snapshot.database}`;
    const { recent, statements, vcpus } = model.serverLoad;
    if (recent.cpuPercent === null) {
      return [
        notEvaluated({
          subject,
          summary: 'Not known: CloudWatch has no CPU use of the last half hour.',
          evidence: input.overview,
          advice: [
            {
              text: 'A new instance requires some minutes. After that, check that CloudWatch has the metric under the identifier that "rds" in the configuration names:',
              command: 'aws cloudwatch list-metrics --namespace AWS/RDS --metric-name CPUUtilization',
            },
          ],
        }),
      ];
    }
    const active = statements === null ? '' : `, ${counted(statements.active, 'session')} active`;
    const on = statements === null || vcpus === null ? '' : ` on ${counted(vcpus, 'vCPU')}`;
    return [
      incident<LoadFacts>({
        status: 'ok',
        subject,
        summary: `The server is not the problem: ${Math.floor(recent.cpuPercent)} % CPU over 15 minutes${active}${on}${storageText(input.overview)}.`,
        facts: input.overview,
        uncertainty:
          statements === null
            ? { confidence: 'medium', reason: 'What the sessions do at this moment could not be seen.' }
            : null,
      }),
    ];
  },
});

function storageText({ freeStorageGib, allocatedStorageGib }: LoadFacts): string {
  if (freeStorageGib === undefined || allocatedStorageGib === undefined) return '';
  return `, ${freeStorageGib} of ${allocatedStorageGib} GiB storage free`;
}
