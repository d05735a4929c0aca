import * as z from 'zod';
import type { Finding } from '../core/finding.ts';

/** What a diagnosis reads from the findings' evidence; each part counts as not seen where a finding does not have it. */
const schemas = {
  refusal: z.object({ cause: z.string() }),
  leak: z.object({ login: z.string(), knownLeaks: z.array(z.string()).default([]) }),
  lines: z.object({ connectionAttemptsFailed: z.number(), poolTimeouts: z.number() }),
  lookups: z.object({ configLookups: z.number() }),
  transactions: z.object({ transactions: z.array(z.object({ blocking: z.number() })) }),
  budget: z.object({ otherSessions: z.number(), usable: z.number() }),
  faults: z.object({ connectionIssues: z.array(z.object({ id: z.string(), kind: z.string() })) }),
  version: z.object({ version: z.string() }),
};

/** Why the auditor could not get in, by database-reachable; null when it does not tell. */
export function refusalIn({ evidence }: Finding): string | null {
  return schemas.refusal.safeParse(evidence).data?.cause ?? null;
}

export function isFull(finding: Finding): boolean {
  return refusalIn(finding) === 'slots-exhausted';
}

/** Whether connection-leak speaks of sessions that logged in with IAM tokens. */
export function isOfIam({ evidence }: Finding): boolean {
  return schemas.leak.safeParse(evidence).data?.login === 'IAM';
}

/** The known leaks that connection-leak says fit the version, the likeliest first. */
export function fittingLeaks({ evidence }: Finding): readonly string[] {
  return schemas.leak.safeParse(evidence).data?.knownLeaks ?? [];
}

/** Lines of the proxy's log by proxy-errors, whether any says that a pool had no free connection (P2024). */
export function hasPoolTimeouts({ evidence }: Finding): boolean {
  return (schemas.lines.safeParse(evidence).data?.poolTimeouts ?? 0) > 0;
}

/** Lines of the proxy's log by proxy-errors, whether any says "All connection attempts failed". */
export function hasFailedAttempts({ evidence }: Finding): boolean {
  return (schemas.lines.safeParse(evidence).data?.connectionAttemptsFailed ?? 0) > 0;
}

/** Whether per-request-router rests on a measurement; it is ok without one where nothing asks for it. */
export function isMeasured({ evidence }: Finding): boolean {
  return schemas.lookups.safeParse(evidence).success;
}

/** Whether the transactions of idle-in-transaction keep other sessions waiting. */
export function isBlocking({ evidence }: Finding): boolean {
  return schemas.transactions.safeParse(evidence).data?.transactions.some(({ blocking }) => blocking > 0) ?? false;
}

/** Whether pool-budget counts more than half of the usable slots as others' than LiteLLM's. */
export function othersHoldMost({ evidence }: Finding): boolean {
  const { data } = schemas.budget.safeParse(evidence);
  return data !== undefined && data.otherSessions * 2 > data.usable;
}

/** The connection faults of the version that runs, by litellm-version. */
export function issuesIn({ evidence }: Finding): readonly { readonly id: string; readonly kind: string }[] {
  return schemas.faults.safeParse(evidence).data?.connectionIssues ?? [];
}

/** The version that runs, by litellm-version. Untrusted text. */
export function versionIn({ evidence }: Finding): string | null {
  return schemas.version.safeParse(evidence).data?.version ?? null;
}
