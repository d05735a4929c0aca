import { counted } from '../../core/text.ts';
import { ABOUT } from '../../litellm/releases/about.ts';
import { defineCheck, risk } from '../check.ts';
import { UPDATE_AUDITOR } from '../known-issue-advice.ts';

export type KnowledgeFacts = {
  readonly knowledgeDate: string;
  readonly newestKnown: string;
  readonly ageDays: number;
};

const DAY_MS = 86_400_000;

export const knowledgeAge = defineCheck({
  id: 'knowledge-age',
  title: 'What the auditor knows about LiteLLM is recent.',
  kind: 'risk',
  needs: [],
  evaluate({ snapshot }, { knowledgeWarningDays }) {
    // A clock that is behind makes no knowledge of the future.
    const ageDays = Math.max(0, Math.floor((Date.parse(snapshot.takenAt) - Date.parse(ABOUT.date)) / DAY_MS));
    const isOld = ageDays >= knowledgeWarningDays;
    const known = `What the auditor knows about LiteLLM is of ${ABOUT.date} and ends with ${ABOUT.newest}`;
    return [
      risk<KnowledgeFacts>({
        status: isOld ? 'warning' : 'ok',
        subject: 'the auditor',
        summary: isOld
          ? `${known}: it is ${counted(ageDays, 'day')} old. Newer releases, known issues and advisories are not known.`
          : `${known}.`,
        facts: { knowledgeDate: ABOUT.date, newestKnown: ABOUT.newest, ageDays },
        advice: isOld ? [UPDATE_AUDITOR] : [],
      }),
    ];
  },
});
