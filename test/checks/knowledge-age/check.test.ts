import { describe, expect, it } from 'vitest';
import { ABOUT } from '../../../lambda/litellm/releases/about.ts';
import { findingsOf, healthySnapshot, settingsFor } from '../../snapshots.ts';

const ID = 'knowledge-age';

/** The finding of an audit so many days after the date of the knowledge. */
function evaluateAfter(days: number, settings = settingsFor()) {
  const takenAt = new Date(Date.parse(ABOUT.date) + days * 86_400_000).toISOString();
  return findingsOf(ID, healthySnapshot({ takenAt }), settings);
}

describe(ID, () => {
  it.each([
    [-1, 'ok'],
    [0, 'ok'],
    [89.9, 'ok'],
    [90, 'warning'],
    [400, 'warning'],
  ])('is, %s days after the date of the knowledge, %s', (days, status) => {
    expect(evaluateAfter(days)).toMatchObject([{ kind: 'risk', status, confidence: 'high' }]);
  });

  it('says how old it is, where it ends, and how to update it', () => {
    const [finding] = evaluateAfter(120);

    expect(finding?.evidence).toEqual({ knowledgeDate: ABOUT.date, newestKnown: ABOUT.newest, ageDays: 120 });
    expect(finding?.advice.map(({ text }) => text).join()).toContain('Update the auditor');
  });

  it('warns from the configured age on', () => {
    expect(evaluateAfter(30, settingsFor({ knowledgeWarningDays: 30 }))).toMatchObject([{ status: 'warning' }]);
  });
});
