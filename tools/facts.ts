import { fixedIn, type KnownIssueId, rangeOf } from '../lambda/litellm/known-issues.ts';
import { ABOUT } from '../lambda/litellm/releases/about.ts';
import { KNOWN_ISSUE_IDS } from '../lambda/litellm/releases/known-issue-ids.ts';
import { SINCE } from '../lambda/litellm/releases/since.ts';
import {
  FIRST_WITH_COLUMNS,
  PAST_PER_REQUEST,
  PER_REQUEST_RANGE,
  SCOPED_AGAIN,
} from '../lambda/litellm/router-effect.ts';
import { targetWords } from '../lambda/litellm/upgrade.ts';

const NAMED: Readonly<Record<string, string>> = {
  targets: targetWords(),
  target: ABOUT.targets[0]?.version ?? '',
  knowledge: ABOUT.date,
  newest: ABOUT.newest,
  'per-request-range': PER_REQUEST_RANGE,
  'per-request-from': rangeOf('per-request-router').introduced,
  'per-request-past': PAST_PER_REQUEST,
  'scoped-again': SCOPED_AGAIN,
  'router-columns': FIRST_WITH_COLUMNS,
};

/**
 * What a page says in place of a fact's name: a name of those above, `fixed ID` of a known issue, or `since ID` of knowledge/behaviour.tsv.
 * @throws Error for a name that is not known.
 */
export function factText(name: string): string {
  const named = NAMED[name];
  if (named !== undefined) return named;
  const [kind, id = ''] = name.split(' ');
  if (kind === 'fixed' && isKnownIssueId(id)) return fixedIn(id);
  const since = new Map<string, string>(Object.entries(SINCE)).get(id);
  if (kind === 'since' && since !== undefined) return since;
  throw new Error(`There is no fact "${name}".`);
}

const FACT = /<!-- fact: ([^>]+?) -->[^<]*<!-- end -->/g;

/** A page with the text between each pair of marks, `<!-- fact: targets -->...<!-- end -->`, generated again. */
export function withFacts(page: string): string {
  return page.replaceAll(FACT, (_mark, name: string) => `<!-- fact: ${name} -->${factText(name)}<!-- end -->`);
}

function isKnownIssueId(id: string): id is KnownIssueId {
  return KNOWN_ISSUE_IDS.some((known) => known === id);
}
