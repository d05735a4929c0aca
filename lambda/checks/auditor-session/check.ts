import { listed } from '../../core/text.ts';
import type { Settings } from '../../settings/settings.ts';
import { IDLE_IN_TRANSACTION_MS } from '../../snapshot/postgres/connect.ts';
import type { OwnSession, Snapshot } from '../../snapshot/snapshot.ts';
import { defineCheck, notEvaluated, risk } from '../check.ts';
import { describeRds } from '../remediation.ts';

/** A setting that is weaker than what the auditor asked for; 0 stands for no limit. */
type Weaker = { readonly setting: string; readonly asked: string; readonly has: string };

export type OwnSessionFacts = { readonly weaker: readonly Weaker[] };

export const auditorSession = defineCheck({
  id: 'auditor-session',
  title: "The auditor's own session is read-only and has the time limits that it asked for.",
  kind: 'risk',
  needs: ['server'],
  evaluate({ seen: { server }, snapshot }, settings) {
    const subject = `database ${snapshot.database}`;
    if (server.session === null) {
      return [
        notEvaluated({
          subject,
          summary: "The settings of the auditor's session are not in this snapshot: an older release saved it.",
          advice: [{ text: 'Audit the database again.' }],
        }),
      ];
    }
    const weaker = weakerSettings(server.session, asked(snapshot, settings));
    if (weaker.length === 0) {
      return [
        risk<OwnSessionFacts>({
          status: 'ok',
          subject,
          summary: "The auditor's session is read-only and has its time limits.",
          facts: { weaker },
        }),
      ];
    }
    const { host } = settings.target;
    return [
      risk<OwnSessionFacts>({
        status: 'warning',
        subject,
        summary: `The auditor's session does not have what it asked for: ${listed(weaker.map(({ setting, has }) => `${setting} is ${has}`))}. A pooler such as PgBouncer drops these settings (ignore_startup_parameters).`,
        facts: { weaker },
        advice: [
          { text: `Use the database's own endpoint as host in place of ${host}. Nothing has to change at the pooler.` },
          ...describeRds(settings.target, 'The endpoint that RDS names:'),
          {
            text: 'The audit itself only reads and waits no longer than its own limits. A statement that it gave up can go on in the database.',
          },
        ],
      }),
    ];
  },
});

/** The limits that the snapshot was taken with. */
function asked({ tuning }: Snapshot, settings: Settings): OwnSession {
  const { statementTimeoutMs, lockTimeoutMs } = tuning ?? settings;
  return {
    readOnly: true,
    statementTimeoutMs,
    lockTimeoutMs,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_MS,
    rowSecurity: false,
  };
}

const LIMITS = [
  ['statement_timeout', 'statementTimeoutMs'],
  ['lock_timeout', 'lockTimeoutMs'],
  ['idle_in_transaction_session_timeout', 'idleInTransactionTimeoutMs'],
] as const;

function weakerSettings(has: OwnSession, wanted: OwnSession): readonly Weaker[] {
  return [
    ...(has.readOnly ? [] : [{ setting: 'transaction_read_only', asked: 'on', has: 'off' }]),
    ...LIMITS.flatMap(([setting, name]) =>
      has[name] === 0 || has[name] > wanted[name]
        ? [{ setting, asked: milliseconds(wanted[name]), has: milliseconds(has[name]) }]
        : [],
    ),
    ...(has.rowSecurity ? [{ setting: 'row_security', asked: 'off', has: 'on' }] : []),
  ];
}

function milliseconds(limit: number): string {
  return limit === 0 ? '0 (no limit)' : `${limit} ms`;
}
