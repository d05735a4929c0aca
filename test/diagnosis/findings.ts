import type { Finding, Status } from '../../lambda/core/finding.ts';
import { findingOf } from '../report/fixtures.ts';

/** A finding of a check, with the least that tells it from others. */
export function of(checkId: string, status: Status, parts: Partial<Finding> = {}): Finding {
  return findingOf({ checkId, status, summary: `The check ${checkId} has 38 of 57.`, ...parts });
}

export function ok(checkId: string): Finding {
  return of(checkId, 'ok');
}

export function leak(evidence: Finding['evidence']): Finding {
  return of('connection-leak', 'critical', { subject: 'client litellm@10.0.3.17', evidence });
}

export function growth(): Finding {
  return of('connection-growth', 'critical');
}

export function headroom(): Finding {
  return of('connection-headroom', 'critical', {
    advice: [{ text: 'Look first at litellm from 10.0.3.17: 40 sessions, 36 idle. More than its pool is a leak.' }],
  });
}

export function poolBudget(status: Status, evidence: Finding['evidence'] = { otherSessions: 2, usable: 57 }): Finding {
  return of('pool-budget', status, { evidence });
}

export function proxyErrors(evidence: Finding['evidence']): Finding {
  return of('proxy-errors', 'critical', { evidence });
}

/** Measured. */
export function perRequest(status: Status): Finding {
  return of('per-request-router', status, { evidence: { seconds: 5, configLookups: 200, requestsWritten: 190 } });
}

export function reachable(cause: string): Finding {
  return of('database-reachable', 'critical', { evidence: { cause, concerns: 'every new connection' } });
}

/** LiteLLM 1.81.3 with some of its faults. */
export function version(...ids: readonly string[]): Finding {
  const connectionIssues = ids.map((id) => ({
    id,
    kind: id === 'iam-refresh-drops-parameters' ? 'regression' : 'leak',
  }));
  return of('litellm-version', 'critical', { evidence: { version: '1.81.3', connectionIssues } });
}
