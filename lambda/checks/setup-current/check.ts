import { AUDIT_FUNCTIONS } from '../../../database/names.ts';
import { listed } from '../../core/text.ts';
import { CONFIG_TABLE } from '../../litellm/tables.ts';
import type { SetupSeen, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, type Evaluated, notEvaluated, risk } from '../check.ts';
import { noTable } from '../not-evaluated.ts';
import { INSTALL } from '../remediation.ts';

export type SetupFacts = {
  readonly auditorSchema: string;
  readonly litellmSchema: string;
  readonly state: SetupSeen['state'];
  readonly absentFunctions?: readonly string[];
  readonly functionsWithoutRight?: readonly string[];
};

/** Whether the setup script of this release has run: one result in place of an unknown for each thing that it installs. */
export const setupCurrent = defineCheck({
  id: 'setup-current',
  title: "The auditor's database functions and rights are of this release.",
  kind: 'risk',
  needs: ['server'],
  evaluate({ seen: { server }, snapshot }, settings) {
    const { setup, litellmSchema } = server;
    const subject = `database ${snapshot.database}`;
    if (litellmSchema === null) return [noTable(CONFIG_TABLE, snapshot, settings)];
    if (setup === null) {
      const summary = 'What the setup script has installed was not looked for when this snapshot was taken.';
      return [notEvaluated({ subject, summary })];
    }
    return [result(setup, { subject, litellmSchema, isNeeded: !readsWithoutIt(snapshot) })];
  },
});

interface Place {
  readonly subject: string;
  readonly litellmSchema: string;
  /** Whether the audit misses something without it. */
  readonly isNeeded: boolean;
}

function result(setup: SetupSeen, { subject, litellmSchema, isNeeded }: Place): Evaluated<SetupFacts> {
  const { schema: auditorSchema, state } = setup;
  const [absent, forbidden] = [named(setup, 'absent'), named(setup, 'no-right')];
  const facts = { auditorSchema, litellmSchema, state };
  if (state === 'absent') {
    return risk({
      status: isNeeded ? 'unknown' : 'info',
      subject,
      summary: `The setup script has not run in this database: there is no schema ${auditorSchema}.`,
      facts,
      advice: INSTALL,
    });
  }
  if (state === 'outdated' || absent.length > 0) {
    return risk({
      status: 'unknown',
      subject,
      summary: `The functions in schema ${auditorSchema} are not those of this release${absent.length > 0 ? `: ${listed(absent)} ${absent.length === 1 ? 'is' : 'are'} missing` : ''}. The setup script has to run again.`,
      facts: { ...facts, absentFunctions: absent },
      advice: INSTALL,
    });
  }
  if (forbidden.length > 0) {
    return risk({
      status: 'unknown',
      subject,
      summary: `The role that audits may not execute ${listed(forbidden)} of schema ${auditorSchema}: the setup script was run for another role.`,
      facts: { ...facts, functionsWithoutRight: forbidden },
      advice: INSTALL,
    });
  }
  return risk({
    status: 'ok',
    subject,
    summary: `The functions in schema ${auditorSchema}, for the LiteLLM schema ${litellmSchema}, are those of this release.`,
    facts,
  });
}

function named({ functions }: SetupSeen, right: 'absent' | 'no-right'): readonly string[] {
  const names = new Map<string, string>(Object.entries(AUDIT_FUNCTIONS));
  return Object.entries(functions).flatMap(([key, seen]) => (seen === right ? [names.get(key) ?? key] : []));
}

/** The shell can audit as LiteLLM's own user, which reads the tables themselves. */
function readsWithoutIt({ sources: { 'router-settings': settings } }: Snapshot): boolean {
  if (settings.status !== 'ok') return false;
  const { global, team, key } = settings.value;
  return [global, team, key].every(({ state }) => state !== 'hidden');
}
