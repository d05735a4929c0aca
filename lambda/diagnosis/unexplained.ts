import type { CheckFinding } from '../checks/registry.ts';
import { isBad, severityRank } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { isLogged } from '../litellm/log-phrases.ts';
import type { KnownIssue, KnownIssueKind } from '../litellm/releases/known-issue.ts';
import { targetWords } from '../litellm/upgrade.ts';
import { type Cause, fingerprintsOf } from './diagnosis.ts';
import { firstStep } from './first-step.ts';
import { PLACEMENT } from './placement.ts';
import { bad, factsIn, type Sign } from './signs.ts';

/** What each check rules out when it is ok. */
const RULED_OUT = Object.entries(PLACEMENT).flatMap(([checkId, placement]) =>
  placement.cause && placement.rulesOut !== undefined ? [{ checkId, words: placement.rulesOut }] : [],
);

/** Symptoms with the kinds of known issues that can look like them. That slots or the connections of a pool are short shows nothing about why. */
const LOOKS_LIKE: readonly { readonly sign: Sign; readonly kinds: readonly KnownIssueKind[] }[] = [
  { sign: bad('connection-leak'), kinds: ['leak'] },
  { sign: bad('connection-growth'), kinds: ['leak'] },
  { sign: bad('connection-ceiling'), kinds: ['leak', 'regression'] },
  { sign: bad('proxy-health'), kinds: ['availability'] },
  {
    sign: bad(
      'proxy-errors',
      (facts) => isLogged(facts, 'connectionAttemptsFailed') || isLogged(facts, 'engineNotConnected'),
    ),
    kinds: ['availability'],
  },
];

/**
 * What to say of incidents that no cause explains: the worst leads. Nothing when none fails: a version with known issues, or any other risk, is no
 * cause of anything by itself.
 */
export function unexplained(findings: readonly CheckFinding[]): Cause[] {
  const failing = findings.filter((finding) => finding.kind === 'incident' && isBad(finding));
  const [worst] = failing.toSorted((a, b) => severityRank(b.status) - severityRank(a.status));
  if (worst === undefined) return [];
  const alike = failing.filter(({ status }) => status === worst.status);
  const ruledOut = RULED_OUT.filter(({ checkId }) => checkId !== worst.checkId);
  const open = ruledOut.filter(({ checkId }) => !isFine(checkId, findings));
  const common = {
    first: firstStep(worst),
    // That nothing known explains it holds only as far as the checks could be made; that the version does was not shown.
    confidence: 'low' as const,
    fingerprints: fingerprintsOf(alike),
  };
  const what = [
    worst.summary,
    ...sentence(
      'Ruled out',
      ruledOut.filter((check) => !open.includes(check)),
    ),
    ...sentence('Not ruled out', open),
  ];
  const issues = issuesLike(worst, findings);
  if (issues.length === 0) {
    return [
      {
        id: 'none-of-the-known',
        title: 'None of the known causes',
        what: ["None of LiteLLM's known connection problems explains this.", ...what].join(' '),
        ...common,
      },
    ];
  }
  const [version] = factsIn(findings, 'litellm-version');
  return [
    {
      id: 'known-bad-version',
      title: 'Unexplained, on a version with issues',
      what: [
        ...what,
        `LiteLLM ${version?.version} has known issues that can look like this, which nothing here shows: ${listed(issues.map(({ id }) => id))}. If the first step leads nowhere, upgrade to ${targetWords()}.`,
      ].join(' '),
      ...common,
    },
  ];
}

/** Those that an upgrade fixes and that need no setting: whether one is set is not seen. */
function issuesLike(worst: CheckFinding, findings: readonly CheckFinding[]): readonly KnownIssue[] {
  const kinds = LOOKS_LIKE.flatMap((symptom) => (symptom.sign.find([worst]).length > 0 ? symptom.kinds : []));
  return factsIn(findings, 'litellm-version').flatMap(({ issues }) =>
    issues.filter(
      ({ kind, severity, setting, fixed }) =>
        kinds.includes(kind) && severity !== 'info' && setting === undefined && fixed.length > 0,
    ),
  );
}

function isFine(checkId: string, findings: readonly CheckFinding[]): boolean {
  const own = findings.filter((finding) => finding.checkId === checkId);
  return own.length > 0 && own.every(({ status }) => status === 'ok');
}

function sentence(start: string, checks: readonly { readonly words: string }[]): string[] {
  if (checks.length === 0) return [];
  const words = checks.map((check) => check.words);
  return [`${start}: ${listed(words, words.length)}.`];
}
