import { counted, listed } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import type { RouterLookups } from '../../model/router-lookups.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, incident, risk } from '../check.ts';
import { logWindow } from '../log-window.ts';
import { noTable } from '../not-evaluated.ts';
import { adviceOn } from './advice.ts';
import { type Cost, costOf } from './cost.ts';

export type PerRequestFacts = {
  readonly litellmVersion: string | null;
  /** Of "LiteLLM_Config", by the version or, where that is not known, by what was counted. */
  readonly lookupPerRequest: Cost['lookup'];
  readonly routerPerRequest: Cost['router'];
  /** The settings that have a Router built, in words. */
  readonly builtFor: readonly string[];
  /** Requests that leave no trace in the counters, in words. */
  readonly cannotBeMeasured?: readonly string[];
  /** Whether two audits show whether lookups follow the requests. */
  readonly measured: boolean;
  readonly seconds?: number;
  readonly configLookups?: number;
  readonly requestsWritten?: number;
  readonly lookupsThatPollingExplains?: number;
  /** What the log of the proxy had, where that is anything. */
  readonly poolTimeouts?: number;
  readonly connectionAttemptsFailed?: number;
};

export const perRequestRouter = defineCheck({
  id: 'per-request-router',
  title: 'LiteLLM does not query its configuration on every request.',
  kind: 'risk',
  needs: ['router-settings', 'routerEffects'],
  evaluate({ seen: { 'router-settings': routerSettings, routerEffects }, snapshot, model }, settings) {
    if (routerSettings.global.state === 'no-table') return [noTable(CONFIG_TABLE, snapshot, settings)];
    const cost = costOf(routerSettings, routerEffects);
    const { routerLookups } = model;
    const failing = cost.status === 'warning' ? failedRequests(snapshot) : null;
    const statement = {
      subject: `database ${snapshot.database}`,
      summary: [cost.summary, measurement(routerLookups), unmeasurableText(cost, routerLookups), failuresText(failing)]
        .filter((sentence) => sentence !== '')
        .join(' '),
      facts: factsOf(cost, routerLookups, failing),
      advice: adviceOn(cost, routerSettings),
      uncertainty: uncertaintyOf(cost),
    };
    return [grade(statement, cost, failing !== null)];
  },
});

/** A Router per request costs CPU and latency. It is an incident only once requests fail beside it. */
function grade(
  statement: Omit<Parameters<typeof risk<PerRequestFacts>>[0], 'status'>,
  { status }: Cost,
  requestsFail: boolean,
): Evaluated<PerRequestFacts> {
  return requestsFail ? incident({ ...statement, status }) : risk({ ...statement, status });
}

interface Failures {
  readonly poolTimeouts: number;
  readonly connectionAttemptsFailed: number;
  /** When they were logged, in words. */
  readonly when: string;
}

/** null: none that is known. */
function failedRequests({ sources: { 'proxy-log': log } }: Snapshot): Failures | null {
  if (log.status !== 'ok') return null;
  const { poolTimeouts = 0, connectionAttemptsFailed = 0 } = log.value.lines;
  return poolTimeouts + connectionAttemptsFailed === 0
    ? null
    : { poolTimeouts, connectionAttemptsFailed, when: logWindow(log.value) };
}

function failuresText(failures: Failures | null): string {
  if (failures === null) return '';
  const { poolTimeouts, connectionAttemptsFailed, when } = failures;
  const parts = [
    ...(poolTimeouts > 0 ? [counted(poolTimeouts, 'pool timeout')] : []),
    ...(connectionAttemptsFailed > 0 ? [counted(connectionAttemptsFailed, 'failed connection attempt')] : []),
  ];
  return `The proxy's log shows ${listed(parts)} ${when}.`;
}

function measurement(lookups: RouterLookups): string {
  if (lookups.verdict === 'not-measured') return '';
  return `Counted since the earlier audit: ${lookups.reason}.`;
}

/** That lookups do not follow the requests says nothing about the requests of keys and teams with settings. */
function unmeasurableText({ unmeasurable, lookup }: Cost, { verdict }: RouterLookups): string {
  if (unmeasurable.length === 0 || (verdict === 'not-measured' && lookup !== 'not-known')) return '';
  return `Routers for ${unmeasurable.join(' and ')} cannot be measured: they leave no trace in the counters, and the version decides.`;
}

function factsOf(cost: Cost, lookups: RouterLookups, failing: Failures | null): PerRequestFacts {
  return {
    litellmVersion: cost.version,
    lookupPerRequest: cost.lookup,
    routerPerRequest: cost.router,
    builtFor: cost.builtFor,
    ...(cost.unmeasurable.length > 0 && { cannotBeMeasured: cost.unmeasurable }),
    ...(lookups.verdict === 'not-measured'
      ? { measured: false }
      : {
          measured: lookups.verdict === 'per-request' || lookups.verdict === 'independent',
          seconds: Math.round(lookups.counted.seconds),
          configLookups: lookups.counted.lookups,
          requestsWritten: lookups.counted.requests,
          ...(lookups.polling !== null && { lookupsThatPollingExplains: lookups.polling }),
        }),
    ...(failing !== null && {
      poolTimeouts: failing.poolTimeouts,
      connectionAttemptsFailed: failing.connectionAttemptsFailed,
    }),
  };
}

function uncertaintyOf({ status, uncertainty }: Cost): Uncertainty | null {
  return status === 'unknown' ? null : uncertainty;
}
