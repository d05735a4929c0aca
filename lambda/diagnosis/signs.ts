import type { Finding } from '../core/finding.ts';
import { issuesIn } from './evidence.ts';

export const VERSION_CHECK = 'litellm-version';

/** The findings that show something; none when it was not seen. */
export type Sign = (findings: readonly Finding[]) => readonly Finding[];

type Condition = (finding: Finding) => boolean;

export function isBad({ status }: Finding): boolean {
  return status === 'warning' || status === 'critical';
}

/** The check warns or is critical, and `when` holds. */
export function bad(checkId: string, when: Condition = () => true): Sign {
  return seen(checkId, (finding) => isBad(finding) && when(finding));
}

/** The check was made, is ok for every subject, and `when` holds for each. */
export function fine(checkId: string, when: Condition = () => true): Sign {
  return (findings) => {
    const own = seen(checkId)(findings);
    return own.every((finding) => finding.status === 'ok' && when(finding)) ? own : [];
  };
}

/** Findings of the check, whatever their status, for which `when` holds. */
export function seen(checkId: string, when: Condition = () => true): Sign {
  return (findings) => findings.filter((finding) => finding.checkId === checkId && when(finding));
}

/** The LiteLLM version that runs has one of these known faults (knowledge/known-issues.tsv). */
export function fault(...ids: readonly string[]): Sign {
  return bad(VERSION_CHECK, (finding) => issuesIn(finding).some(({ id }) => ids.includes(id)));
}
