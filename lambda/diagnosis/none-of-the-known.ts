import type { Finding } from '../core/finding.ts';
import { listed } from '../core/text.ts';
import { clauseOf, firstStep } from './messages.ts';
import { fine } from './signs.ts';

/** What each check rules out when it is ok. */
const RULED_OUT: Readonly<Record<string, string>> = {
  'connection-leak': 'leftover connections',
  'connection-growth': 'a growth towards exhaustion',
  'connection-ceiling': 'pools over their limit',
  'pool-budget': 'pools that do not fit',
  'connection-headroom': 'a lack of slots',
  'idle-in-transaction': 'open transactions',
  'per-request-router': 'a Router per request',
  'iam-authentication': 'refused IAM log-ins',
  'proxy-errors': 'a failing query engine',
  'litellm-version': 'a version with known faults',
};

/** The words for what no cause explains: what was ruled out, and what could not be. */
export function noneOfTheKnown(
  worst: Finding,
  findings: readonly Finding[],
): { title: string; what: string; first: string } {
  const checks = Object.entries(RULED_OUT).filter(([checkId]) => checkId !== worst.checkId);
  const ruledOut = checks.filter(([checkId]) => fine(checkId)(findings).length > 0);
  const open = checks.filter((check) => !ruledOut.includes(check));
  return {
    title: 'None of the known causes',
    what: [
      `None of LiteLLM's known connection problems explains this: ${clauseOf(worst)}`,
      ...told('ruled out', ruledOut),
      ...told('not ruled out', open),
    ]
      .join('; ')
      .concat('.'),
    first: firstStep(worst),
  };
}

function told(how: string, checks: readonly (readonly [string, string])[]): string[] {
  return checks.length === 0
    ? []
    : [
        `${how}: ${listed(
          checks.map(([, words]) => words),
          checks.length,
        )}`,
      ];
}
