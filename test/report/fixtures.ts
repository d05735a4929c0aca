import { type Finding, fingerprintOf } from '../../lambda/core/finding.ts';
import type { Report } from '../../lambda/report/report.ts';

const DOCS = 'https://git.example.com/platform/litellm-db-auditor/blob/main/docs/checks';

/** A finding with what a test does not care about filled in. */
export function findingOf({
  status,
  ...parts
}: Partial<Omit<Finding, 'kind'>> & Pick<Finding, 'checkId' | 'status' | 'summary'>): Finding {
  const subject = parts.subject ?? 'database prod';
  return {
    kind: 'incident',
    status,
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
    schemaVersion: 2,
    auditorVersion: '0.1.0',
    knowledge: { date: '2026-11-22', newest: '1.110.2' },
    database: 'prod',
    startedAt: '2026-11-22T03:04:05.678Z',
    durationMs: 1234,
    status: findings[0]?.status ?? 'unknown',
    risk: 'ok',
    diagnosis: { causes: [] },
    changes: [],
    memory: { status: 'none' },
    muted: [],
    exploited: [],
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

function notChecked(checkId: string, sources: readonly string[]): Finding {
  return findingOf({
    checkId,
    status: 'unknown',
    summary: `Not checked without ${sources.join(' and ')}: ${NO_CONNECTION}`,
    missingSources: sources.map((source) => ({ source, status: 'skipped', reason: NO_CONNECTION })),
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
          text: 'Log in as the master user, who has reserved slots, and see who holds the others:',
          command:
            "SELECT usename, client_addr, state, count(*), min(backend_start)\n  FROM pg_stat_activity\n WHERE backend_type = 'client backend'\n GROUP BY 1, 2, 3\n ORDER BY 4 DESC;",
        },
        {
          text: 'Restart the pods of the address that holds the most, one at a time:',
          command: 'kubectl rollout restart deployment/litellm',
        },
      ],
    }),
    notChecked('auditor-privileges', ['server']),
    notChecked('connection-headroom', ['server', 'sessions']),
    notChecked('idle-in-transaction', ['sessions']),
    notChecked('transport-security', ['sessions']),
    notChecked('global-router-settings', ['router-settings']),
    notChecked('team-router-settings', ['router-settings']),
    notChecked('key-router-settings', ['router-settings']),
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
  CHECKS.map((checkId) => findingOf({ checkId, status: 'ok', summary: `The check ${checkId} found nothing to fix.` })),
);

/** Some of everything: two bad ones, one unsure, one unknown, one for information. */
export const mixed = reportOf([
  findingOf({
    checkId: 'connection-headroom',
    status: 'critical',
    summary: '55 of 57 usable connection slots are used (96 %), 40 of them by litellm@10.0.3.17.',
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
        text: 'See what the sessions of litellm@10.0.3.17 do, and since when:',
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
    },
    confidenceReason: 'Two sessions are hidden from the role.',
    advice: [
      {
        text: 'Check what it waits for, then end it:',
        command:
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = 4711 AND state = 'idle in transaction';",
      },
    ],
  }),
  findingOf({
    checkId: 'rds-configuration',
    status: 'unknown',
    summary: 'Not checked without rds: Permission denied.',
    missingSources: [
      {
        source: 'rds',
        status: 'failed',
        reason: 'Permission denied.',
        kind: 'permission-denied',
        code: 'AccessDenied',
      },
    ],
    advice: [{ text: 'Allow rds:DescribeDBInstances on the instance litellm-prod.' }],
  }),
  findingOf({
    checkId: 'global-router-settings',
    status: 'info',
    summary:
      'A global row with 3 settings is applied by LiteLLM 1.108.13 to its shared Router; removing it fixes nothing.',
    evidence: { kind: 'settings', bytes: 212, keys: ['num_retries', 'routing_strategy', 'timeout'], lostByRemoval: [] },
  }),
  ...[
    'database-reachable',
    'auditor-privileges',
    'transport-security',
    'team-router-settings',
    'key-router-settings',
  ].map((checkId) => findingOf({ checkId, status: 'ok', summary: `The check ${checkId} found nothing to fix.` })),
]);

const RESTART = {
  text: 'Restart the pod at 10.0.3.17: that closes all its sessions. On Kubernetes, find it with:',
  command: 'kubectl get pods --all-namespaces --field-selector status.podIP=10.0.3.17',
};
const SMALLER_LIMIT = {
  text: 'Lower the pool limit to 13, the largest that is safe: 13 x 4 workers during a rolling deployment + 1 = 53 of 55 usable slots. Requests then wait longer for a connection, so raise the timeout too:',
  command:
    'general_settings:\n  database_connection_pool_limit: 13\n  database_connection_pool_timeout: 120 # seconds; default 60',
};
const fullSlots = findingOf({
  checkId: 'connection-headroom',
  status: 'critical',
  summary: '52 of 55 usable slots are used (94 %), 48 of them by litellm from 10.0.3.17.',
  evidence: { usable: 55, used: 52, free: 3 },
  advice: [{ text: 'Start with litellm from 10.0.3.17: 48 sessions, 48 idle.' }],
});
const leak = findingOf({
  checkId: 'connection-leak',
  status: 'critical',
  subject: 'client litellm@10.0.3.17',
  confidence: 'medium',
  confidenceReason: 'The number of pods is not known.',
  summary:
    'litellm@10.0.3.17 has 32 sessions that no pool uses any more, which take 32 of 55 usable slots; the oldest started 1 h 16 min ago.',
  evidence: {
    leaked: 32,
    login: 'IAM',
    oldestStart: '2026-11-22T01:43:00.000Z',
    livingPool: { started: '2026-11-22T02:55:00.000Z', sessions: 8 },
    knownLeaks: ['orphaned-engine', 'iam-rotation-kills-engines'],
  },
  advice: [
    RESTART,
    { text: 'See when its sessions started:', command: 'SELECT backend_start FROM pg_stat_activity ORDER BY 1;' },
  ],
});
const tightBudget: Finding = {
  ...findingOf({
    checkId: 'pool-budget',
    status: 'warning',
    summary: 'The pools may take 41 of 55 usable slots, 81 during a rolling deployment: a deployment does not fit.',
    evidence: { otherSessions: 0, usable: 55 },
    advice: [SMALLER_LIMIT],
  }),
  kind: 'risk',
  status: 'warning',
};

/** One pod leaks, and the pools do not fit either: two causes, whose first steps are steps of findings. */
export const leaking = reportOf(
  [
    fullSlots,
    leak,
    tightBudget,
    findingOf({ checkId: 'idle-in-transaction', status: 'ok', summary: 'No transaction is open and idle.' }),
  ],
  {
    risk: 'warning',
    diagnosis: {
      causes: [
        {
          id: 'iam-token-refresh',
          title: 'IAM token refresh leaks connections',
          what: `LiteLLM leaks its old connections at each IAM token refresh. ${leak.summary}`,
          first: RESTART,
          confidence: 'medium',
          fingerprints: [fullSlots.fingerprint, leak.fingerprint],
        },
        {
          id: 'pools-do-not-fit',
          title: 'The pools do not fit max_connections',
          what: tightBudget.summary,
          first: { ...SMALLER_LIMIT, text: 'Lower the pool limit to 13 and raise the timeout:' },
          confidence: 'high',
          fingerprints: [tightBudget.fingerprint],
        },
      ],
    },
  },
);

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
      evidence: { [text]: text, teams: [{ name: text, keys: [text] }] },
      confidence: 'low',
      confidenceReason: text,
      advice: [{ text: `Ask ${text}.`, command: `SELECT '${text}';` }],
    }),
  ),
);
