import type { Advice } from '../../core/finding.ts';
import { PAST_PER_REQUEST } from '../../litellm/router-effect.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import type { RouterSettingsSource } from '../../snapshot/snapshot.ts';
import { LEARN_VERSION } from '../remediation.ts';
import type { Cost } from './cost.ts';

const UPGRADE: Advice = {
  text: `Upgrade LiteLLM to ${targetWords()}: from ${PAST_PER_REQUEST} on it neither queries its configuration nor builds a Router per request.`,
};

const COUNT: Advice = {
  text: 'Or count: save an audit, and audit again while requests come in. Lookups that follow the requests show a version of the range.',
  command: 'npm run --silent audit -- --since SAVED.json',
};

/** What to do about the cost of each request. */
export function adviceOn({ status, lookup, router }: Cost, settings: RouterSettingsSource): readonly Advice[] {
  if (status === 'ok') return [];
  return [
    ...(lookup === 'not-known' ? [LEARN_VERSION, COUNT] : [UPGRADE]),
    ...(router === 'yes'
      ? [
          {
            text: 'Until then, remove the router_settings that cause it: the findings of global-router-settings, team-router-settings and key-router-settings show which, and how. That ends the Router of these requests; the lookup stays until the upgrade.',
          },
        ]
      : []),
    ...(router === 'not-known' ? remediations(settings) : []),
  ];
}

/** What shows each level that was not seen. */
function remediations({ global, team, key }: RouterSettingsSource): readonly Advice[] {
  return [global, team, key].flatMap((level) => {
    if (level.state === 'failed') return level.failure.remediation ?? [];
    return level.state === 'hidden' ? [level.remediation] : [];
  });
}
