import type { Advice, Status } from '../../core/finding.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { PAST_PER_REQUEST } from '../../litellm/router-effect.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import type { RouterBehaviour } from '../../model/router-behaviour.ts';
import type { RouterSettingsSource } from '../../snapshot/snapshot.ts';
import { defineCheck, notEvaluated, risk } from '../check.ts';
import { noTable } from '../not-evaluated.ts';

export type PerRequestFacts =
  | { readonly measured: false }
  | {
      readonly measured: true;
      readonly seconds: number;
      readonly configLookups: number;
      readonly requestsWritten: number;
      readonly lookupsThatPollingExplains?: number;
      readonly statisticsReset: boolean;
    };

export const perRequestRouter = defineCheck({
  id: 'per-request-router',
  title: 'LiteLLM does not query its configuration on every request.',
  kind: 'risk',
  needs: ['litellm', 'router-settings'],
  evaluate({ seen: { litellm, 'router-settings': routerSettings }, snapshot, model }, settings) {
    if (litellm.activity.state === 'no-table') {
      return [noTable(`${CONFIG_TABLE} or LiteLLM_SpendLogs`, snapshot, settings)];
    }
    const behaviour = model.routerBehaviour;
    const subject = `database ${snapshot.database}`;
    if (behaviour.verdict === 'not-measured') {
      const advice = remediations(routerSettings);
      if (advice.length > 0) {
        const summary = 'Not measured: the role may not see all router_settings that could build a Router.';
        return [notEvaluated({ subject, summary, advice })];
      }
      const summary = `No measurement was necessary. ${behaviour.reason}`;
      return [risk<PerRequestFacts>({ status: 'ok', subject, summary, facts: { measured: false } })];
    }
    const { verdict, reason, activity, polling } = behaviour;
    return [
      risk<PerRequestFacts>({
        status: STATUS[verdict],
        subject,
        summary: `${LEAD[verdict]}: ${reason}.`,
        facts: {
          measured: true,
          seconds: activity.seconds,
          configLookups: activity.configScans,
          requestsWritten: activity.spendLogRows,
          ...(polling === null ? {} : { lookupsThatPollingExplains: polling }),
          statisticsReset: activity.reset,
        },
        advice: adviceOn(verdict),
        uncertainty: uncertaintyOf(verdict),
      }),
    ];
  },
});

/** What shows each level that the role may not see. */
function remediations({ global, team, key }: RouterSettingsSource): readonly Advice[] {
  return [global, team, key].flatMap((level) => (level.state === 'hidden' ? [level.remediation] : []));
}

type Verdict = Exclude<RouterBehaviour['verdict'], 'not-measured'>;

const STATUS: Readonly<Record<Verdict, Exclude<Status, 'critical'>>> = {
  'per-request': 'warning',
  independent: 'ok',
  quiet: 'info',
  unclear: 'unknown',
};

const LEAD: Readonly<Record<Verdict, string>> = {
  'per-request': 'LiteLLM queries its configuration and builds a Router on each LLM request',
  independent: 'No Router is built per request',
  quiet: 'LiteLLM is too quiet to show whether it builds a Router per request',
  unclear: 'Whether LiteLLM builds a Router per request is not known',
};

function adviceOn(verdict: Verdict): readonly Advice[] {
  switch (verdict) {
    case 'per-request':
      return [
        { text: `Upgrade LiteLLM to ${targetWords()}: from ${PAST_PER_REQUEST} on no Router is built per request.` },
        {
          text: 'Until then, remove the router_settings that cause it: the findings of global-router-settings, team-router-settings and key-router-settings show which, and how.',
        },
      ];
    case 'unclear':
    case 'quiet':
      return [
        {
          text: 'Audit again while requests come in. A longer window shows more: set "activitySeconds" to 30, so that spend logs, written in batches of 10 to 15 s, even out.',
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
