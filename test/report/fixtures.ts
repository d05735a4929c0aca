import { type Finding, fingerprintOf } from '../../lambda/core/finding.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import type { Report } from '../../lambda/report/report.ts';

const DOCS = 'https://git.example.com/platform/litellm-db-auditor/blob/main/docs/checks';

/** A finding with what a test does not care about filled in. */
export function findingOf(parts: Partial<Finding> & Pick<Finding, 'checkId' | 'status' | 'summary'>): Finding {
  const subject = parts.subject ?? 'database prod';
  return {
    subject,
    fingerprint: fingerprintOf(parts.checkId, subject),
    confidence: 'high',
    evidence: {},
    advice: [],
    docs: `${DOCS}/${parts.checkId}.md`,
    ...parts,
  };
}

/** A report of findings that are already worst first. */
export function reportOf(findings: readonly Finding[], parts: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    auditorVersion: '0.1.0',
    database: 'prod',
    startedAt: '2026-11-22T03:04:05.678Z',
    durationMs: 1234,
    status: findings[0]?.status ?? 'unknown',
    diagnosis: { causes: [] },
    findings,
    sources: [
      { name: 'connection', status: 'ok', durationMs: 85 },
      { name: 'server', status: 'ok', durationMs: 12 },
      { name: 'sessions', status: 'ok', durationMs: 9 },
      { name: 'router-settings', status: 'ok', durationMs: 31 },
      { name: 'rds', status: 'ok', durationMs: 210 },
    ],
    notification: { status: 'skipped', reason: 'Not sent yet.' },
    ...parts,
  };
}

const NO_CONNECTION = 'There is no connection to the database.';

function notJudged(checkId: string, sources: readonly string[]): Finding {
  return findingOf({
    checkId,
    status: 'unknown',
    summary: `Not result, for lack of ${sources.join(' and ')}: ${NO_CONNECTION}`,
    evidence: { missing: sources.map((source) => ({ source, status: 'skipped', reason: NO_CONNECTION })) },
    advice: [{ text: 'Do first what the finding of database-reachable says.' }],
  });
}

/** PostgreSQL has no slot left, not even for the auditor. */
export const slotsExhausted = reportOf(
  [
    findingOf({
      checkId: 'database-reachable',
      status: 'critical',
      summary:
        'PostgreSQL refused the auditor: all connection slots of litellm.example.eu-west-1.rds.amazonaws.com are taken.',
      evidence: {
        host: 'litellm.example.eu-west-1.rds.amazonaws.com',
        port: 5432,
        user: 'litellm_auditor',
        code: '53300',
      },
      advice: [
        {
          text: 'Log in as the master user, who has reserved slots, and look who holds the others:',
          command:
            "SELECT usename, client_addr, state, count(*), min(backend_start)\n  FROM pg_stat_activity\n WHERE backend_type = 'client backend'\n GROUP BY 1, 2, 3\n ORDER BY 4 DESC;",
        },
        {
          text: 'Restart the pods of the address that holds the most, one at a time:',
          command: 'kubectl rollout restart deployment/litellm',
        },
      ],
    }),
    notJudged('auditor-privileges', ['server']),
    notJudged('connection-headroom', ['server', 'sessions']),
    notJudged('idle-in-transaction', ['sessions']),
    notJudged('transport-security', ['sessions']),
    notJudged('global-router-settings', ['router-settings']),
    notJudged('team-router-settings', ['router-settings']),
    notJudged('key-router-settings', ['router-settings']),
    findingOf({
      checkId: 'rds-configuration',
      status: 'ok',
      summary: 'IAM authentication is on, and nothing is pending.',
    }),
  ],
  {
    sources: [
      { name: 'connection', status: 'failed', durationMs: 41, error: 'All connection slots are taken (53300)' },
      { name: 'server', status: 'skipped', durationMs: 0, error: NO_CONNECTION },
      { name: 'sessions', status: 'skipped', durationMs: 0, error: NO_CONNECTION },
      { name: 'router-settings', status: 'skipped', durationMs: 0, error: NO_CONNECTION },
      { name: 'rds', status: 'ok', durationMs: 210 },
    ],
  },
);

const CHECKS = [
  'database-reachable',
  'auditor-privileges',
  'connection-headroom',
  'idle-in-transaction',
  'transport-security',
  'rds-configuration',
  'global-router-settings',
  'team-router-settings',
  'key-router-settings',
];

export const allOk = reportOf(
  CHECKS.map((checkId) => findingOf({ checkId, status: 'ok', summary: `The check ${checkId} found nothing to mend.` })),
);

/** Some of everything: two bad ones, one unsure, one unknown, one for information. */
export const mixed = reportOf([
  findingOf({
    checkId: 'connection-headroom',
    status: 'critical',
    summary: '55 of 57 usable connection slots are taken (96 %); 40 of them by litellm@10.0.3.17.',
    evidence: {
      maxConnections: 62,
      reservedForSuperusers: 3,
      reservedForRds: 2,
      reservedByRole: 0,
      usable: 57,
      used: 55,
      free: 2,
      usedPercent: 96,
      idle: 38,
      largestHolders: [
        { client: 'litellm@10.0.3.17', sessions: 40, idle: 36 },
        { client: 'litellm@10.0.3.18', sessions: 11, idle: 2 },
        { client: 'grafana@10.0.9.4', sessions: 4, idle: 0 },
      ],
    },
    advice: [
      {
        text: 'Look what the sessions of litellm@10.0.3.17 do, and since when:',
        command:
          "SELECT state, count(*), min(backend_start), min(state_change) FROM pg_stat_activity WHERE usename = 'litellm' AND client_addr = '10.0.3.17' GROUP BY state;",
      },
      { text: 'When most are idle and older than 30 minutes, restart that pod: it frees 36 slots.' },
      { text: 'Then lower database_connection_pool_limit, so that limit x workers x pods fits 57.' },
    ],
  }),
  findingOf({
    checkId: 'idle-in-transaction',
    status: 'warning',
    subject: 'client litellm@10.0.3.18',
    confidence: 'medium',
    summary: '1 session of litellm@10.0.3.18 is idle in a transaction for 12 min; it blocks nobody.',
    evidence: {
      pids: [4711],
      idleSeconds: 741,
      blocking: 0,
      confidenceReason: 'Two sessions are hidden from the role.',
    },
    advice: [
      {
        text: 'Look first what it waits for, then end it:',
        command:
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = 4711 AND state = 'idle in transaction';",
      },
    ],
  }),
  findingOf({
    checkId: 'rds-configuration',
    status: 'unknown',
    summary: 'Not result, for lack of rds: the role may not ask RDS.',
    evidence: {
      missing: [{ source: 'rds', status: 'failed', reason: 'The role may not ask RDS.', code: 'AccessDenied' }],
    },
    advice: [{ text: 'Allow rds:DescribeDBInstances on the instance litellm-prod.' }],
  }),
  findingOf({
    checkId: 'global-router-settings',
    status: 'info',
    summary:
      'A global row with 3 settings is applied by LiteLLM 1.108.13 to its shared Router; removing it mends nothing.',
    evidence: { kind: 'settings', bytes: 212, keys: ['num_retries', 'routing_strategy', 'timeout'], lostByRemoval: [] },
  }),
  ...[
    'database-reachable',
    'auditor-privileges',
    'transport-security',
    'team-router-settings',
    'key-router-settings',
  ].map((checkId) => findingOf({ checkId, status: 'ok', summary: `The check ${checkId} found nothing to mend.` })),
]);

const LEAKING = [
  findingOf({
    checkId: 'connection-headroom',
    status: 'critical',
    summary: '52 of 55 usable slots are taken (94 %); 48 of them by litellm from 10.0.3.17.',
    evidence: { usable: 55, used: 52, free: 3 },
    advice: [{ text: 'Look first at litellm from 10.0.3.17: 48 sessions, 48 idle.' }],
  }),
  findingOf({
    checkId: 'connection-leak',
    status: 'critical',
    subject: 'client litellm@10.0.3.17',
    summary:
      'litellm@10.0.3.17 has 32 sessions that no pool uses any more, which take 32 of 55 usable slots; the oldest started 1 h 10 min ago.',
    evidence: { leftOver: 32, login: 'IAM', knownLeaks: ['orphaned-engine', 'iam-rotation-kills-engines'] },
    advice: [{ text: 'Restart the pod at 10.0.3.17: that closes all its sessions.' }],
  }),
  findingOf({
    checkId: 'litellm-version',
    status: 'warning',
    confidence: 'medium',
    summary:
      'LiteLLM 1.81.9 has 2 known connection faults; the worst: A disconnect that fails leaves the engine behind.',
    evidence: {
      version: '1.81.9',
      connectionIssues: [{ id: 'orphaned-engine', kind: 'leak' }],
      confidenceReason: 'The version is what the configuration states.',
    },
    advice: [{ text: 'Upgrade LiteLLM to 1.108.13.' }],
  }),
  findingOf({
    checkId: 'pool-budget',
    status: 'warning',
    summary: 'The pools may take 31 of 55 usable slots, 61 during a rolling deployment: a deployment does not fit.',
    evidence: { otherSessions: 0, usable: 55 },
    advice: [{ text: 'Lower the pool limit to 9, the largest that is safe: 9 x 6 + 1 = 55 of 55 usable slots.' }],
  }),
  findingOf({ checkId: 'idle-in-transaction', status: 'ok', summary: 'No transaction is open and idle.' }),
];

/** Two causes at once: the token refresh leaves connections open, and a rolling deployment would not fit either. */
export const leaking = reportOf(LEAKING, { diagnosis: diagnose(LEAKING) });

/** What somebody could write into an alias, an application name or a setting's name to harm or mislead the reader. */
export const HOSTILE_TEXTS = [
  'a\u001B[31mred\u001B[0m\u009B2J',
  'two\r\nlines\u2028three',
  '\u202Egnp.exe\u202C',
  'zero\u200Bwidth\uFEFF\u00AD',
  '<!channel> <!here> @here @channel @everyone <@U123>',
  '<https://evil.example|Log in> [Log in](https://evil.example)',
  '*bold* _italic_ ~struck~ `code` ```block``` > quote & &amp;',
  'lone \uD83D surrogate \uDE00',
  `日本語のチーム 👩‍👩‍👧 ${'x'.repeat(300)}`,
];

export const hostile = reportOf(
  HOSTILE_TEXTS.map((text) =>
    findingOf({
      checkId: 'team-router-settings',
      status: 'warning',
      subject: `team ${text}`,
      summary: `The team ${text} has settings.`,
      evidence: { [text]: text, teams: [{ name: text, keys: [text] }], confidenceReason: text },
      confidence: 'low',
      advice: [{ text: `Ask ${text}.`, command: `SELECT '${text}';` }],
    }),
  ),
);
