import type { Advice, Status } from '../../core/finding.ts';
import { listed } from '../../core/text.ts';
import type { TokenLogins } from '../../model/iam-login.ts';
import { missingSettings, type Topology } from '../../model/topology.ts';
import type { Settings } from '../../settings/settings.ts';
import { restartPod } from '../remediation.ts';
import { causeText, knownLeaks } from './known-leaks.ts';
import type { Orphans } from './orphans.ts';
import { orphanCondition } from './reclaim.ts';

/**
 * What frees the slots, then what ends the leak. Sessions are ended one by one only where they are certainly of no pool that lives: ended there, a
 * pool whose token cannot be refreshed has none left.
 */
export function leakAdvice(
  orphans: Orphans,
  status: Status,
  topology: Topology,
  settings: Settings,
  logins: TokenLogins,
): readonly Advice[] {
  const { client } = orphans;
  const condition = orphanCondition(orphans, settings.target.databaseName, topology.who?.application ?? '');
  const look = {
    text: 'See them:',
    command: `SELECT pid, backend_start, state, state_change FROM pg_stat_activity
 WHERE ${condition}
 ORDER BY backend_start;`,
  };
  if (status === 'info') return [look, ...surerSettings(topology)];
  return [
    ...restartPod(client),
    look,
    ...(canBeEnded(orphans, topology, logins)
      ? [
          {
            text: `Or end only them, without a restart, as ${client.user} or as the RDS master user. A session that is used again meanwhile is left alone:`,
            command: `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE ${condition};`,
          },
        ]
      : [
          {
            text: 'Restart that one pod, and end none of its sessions otherwise: they may belong to a pool that lives. Audit again before the next pod.',
          },
        ]),
    ...(logins === 'failing' && client.iam
      ? [
          {
            text: 'Logins with IAM tokens fail: before the restart, follow iam-authentication, or the new pod gets no connection.',
          },
        ]
      : []),
    { text: causeText(topology.version, knownLeaks(topology, client.iam)) },
    { text: 'Until that is fixed, restart the proxies before the slots run out.' },
  ];
}

/** A newer pool of the client is at work, its tokens are accepted, and the old sessions are of none that lives. */
function canBeEnded(
  { client, history, mayBeLivingPool }: Orphans,
  { sharing }: Topology,
  logins: TokenLogins,
): boolean {
  return !mayBeLivingPool && client.newestSeen && history.newerAtWork && logins === 'fine' && sharing === null;
}

function surerSettings(topology: Topology): readonly Advice[] {
  const missing = missingSettings(topology);
  if (missing.length === 0) return [];
  return [{ text: `For higher confidence, set ${listed(missing)} in the configuration.` }];
}
