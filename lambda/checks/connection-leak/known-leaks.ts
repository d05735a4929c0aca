import { ge } from '@renovatebot/pep440';
import { listed } from '../../core/text.ts';
import { isBeyondKnowledge, knownIssuesOf } from '../../litellm/known-issues.ts';
import type { KnownIssue } from '../../litellm/releases/known-issue.ts';
import { KNOWN_ISSUES } from '../../litellm/releases/known-issues.ts';
import { SINCE } from '../../litellm/releases/since.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import type { Topology } from '../../model/topology.ts';

/** What leaves connections behind, the likeliest first: #13120, #24149, #33023. */
const LEAKS = ['iam-refresh-keeps-clients', 'orphaned-engine', 'dead-worker-engine'];

/** From this version on a pool closes what was idle for 60 s; before, Prisma's 300 s (knowledge/litellm.md section 4). */
const SHORT_IDLE = { since: SINCE['short-idle-life'], seconds: 60, before: 300 };

/** The known leaks that the version, the login and the workers allow; all that the login allows where the version is not known. */
export function knownLeaks({ version, deployment }: Topology, iam: boolean): readonly KnownIssue[] {
  const issues = version === null ? KNOWN_ISSUES.filter((issue) => iam || !issue.iam) : knownIssuesOf(version, { iam });
  const oneWorker = deployment.workersFrom !== 'assumed' && deployment.workersPerPod === 1;
  return LEAKS.flatMap((id) => issues.filter((issue) => issue.id === id)).filter(
    ({ id }) => !(oneWorker && id === 'dead-worker-engine'),
  );
}

/** One sentence or two: which known leak it may be, and which version fixes it. */
export function causeText(version: LitellmVersion | null, leaks: readonly KnownIssue[]): string {
  const names = leaks.map(
    ({ title, source, fixed }) => `${title} (${source.split(';')[0]}; fixed in ${listed(fixed) || 'no version known'})`,
  );
  if (version === null) {
    return `Which leak it is depends on LiteLLM's version, which is not known: set "litellmVersion". Known ones: ${names.join('. ')}.`;
  }
  if (isBeyondKnowledge(version)) return `LiteLLM ${version.text} is newer than what is known about its leaks.`;
  const [likeliest, ...others] = names;
  if (likeliest === undefined) {
    return `No known leak of LiteLLM ${version.text} explains it: make sure that this version runs, then report it to LiteLLM with this finding.`;
  }
  return `What fits LiteLLM ${version.text} best: ${likeliest}.${others.length > 0 ? ` It can also be: ${others.join('. ')}.` : ''}`;
}

/** After how many idle seconds a pool that lives closes a session; the longer one where the version is not known. */
export function idleLimitSeconds(version: LitellmVersion | null): number {
  return version !== null && ge(version.text, SHORT_IDLE.since) ? SHORT_IDLE.seconds : SHORT_IDLE.before;
}
