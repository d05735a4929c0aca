import type { Advice, Status } from '../../core/finding.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import { noTable } from '../../model/litellm-tables.ts';
import { type RouterBehaviour, routerBehaviour } from '../../model/router-behaviour.ts';
import type { RouterSettingsSource } from '../../snapshot/snapshot.ts';
import { defineCheck } from '../check.ts';
import { globalRouterSettings } from '../global-router-settings/check.ts';
import { keyRouterSettings } from '../key-router-settings/check.ts';
import { mend, result, type Uncertainty } from '../result.ts';
import { teamRouterSettings } from '../team-router-settings/check.ts';

export const perRequestRouter = defineCheck({
  id: 'per-request-router',
  title: "LiteLLM's look-ups of its configuration do not follow its requests.",
  needs: ['litellm', 'router-settings'],
  judge({ source: { litellm, 'router-settings': routerSettings }, snapshot }, settings) {
    if (litellm.activity.state === 'no-table') {
      return [noTable(`${CONFIG_TABLE} or LiteLLM_SpendLogs`, snapshot, settings)];
    }
    const behaviour = routerBehaviour(snapshot);
    const subject = `database ${snapshot.database}`;
    if (behaviour.verdict === 'not-measured') {
      const advice = hiddenLevels(routerSettings).map(mend);
      return [
        result({
          status: advice.length > 0 ? 'unknown' : 'ok',
          subject,
          summary:
            advice.length > 0
              ? 'Not measured: not all router_settings that could build a Router may be seen.'
              : `Nothing asked for a measurement. ${behaviour.reason}`,
          advice,
        }),
      ];
    }
    const { verdict, reason, activity, polling } = behaviour;
    return [
      result({
        status: STATUS[verdict],
        subject,
        summary: `${LEAD[verdict]}: ${reason}.`,
        evidence: {
          seconds: activity.seconds,
          configLookups: activity.configScans,
          requestsWritten: activity.spendLogRows,
          ...(polling === null ? {} : { lookupsThatPollingExplains: polling }),
          statisticsReset: activity.reset,
        },
        advice: adviceOf(verdict),
        uncertainty: uncertaintyOf(verdict),
      }),
    ];
  },
});

/** What mends each level that the role may not see. */
function hiddenLevels({ global, team, key }: RouterSettingsSource): readonly string[] {
  return [global, team, key].flatMap((level) => (level.state === 'hidden' ? level.missing : []));
}

type Verdict = Exclude<RouterBehaviour['verdict'], 'not-measured'>;

const STATUS: Readonly<Record<Verdict, Status>> = {
  'per-request': 'critical',
  independent: 'ok',
  quiet: 'info',
  unclear: 'unknown',
};

const LEAD: Readonly<Record<Verdict, string>> = {
  'per-request': 'LiteLLM queries its configuration and builds a Router on each LLM request',
  independent: 'No Router is built per request',
  quiet: 'LiteLLM is too quiet to tell whether it builds a Router per request',
  unclear: 'Whether LiteLLM builds a Router per request could not be told',
};

function adviceOf(verdict: Verdict): readonly Advice[] {
  switch (verdict) {
    case 'per-request':
      return [
        { text: `Upgrade LiteLLM to ${targetWords()}: from 1.81.7 on no Router is built per request.` },
        {
          text: `Until then, take away the router_settings that cause it: the findings of ${globalRouterSettings.id}, ${teamRouterSettings.id} and ${keyRouterSettings.id} say which, and how.`,
        },
      ];
    case 'unclear':
    case 'quiet':
      return [
        {
          text: 'Audit again while requests come in. A longer window tells more: set "activitySeconds" to 30, so that spend logs, written in batches of 10 to 15 s, even out.',
        },
      ];
    case 'independent':
      return [];
  }
}

function uncertaintyOf(verdict: Verdict): Uncertainty | null {
  if (verdict === 'unclear' || verdict === 'quiet') return null;
  return {
    confidence: 'medium',
    reason:
      'The shares that decide are inferred, not confirmed: spend logs come in batches, statistics lag by seconds, and workers are estimated from sessions.',
  };
}
