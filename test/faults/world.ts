import { randomBytes } from 'node:crypto';
import { databaseSetupSql } from '../../database/setup/script.ts';
import { audit } from '../../lambda/audit.ts';
import { runChecks } from '../../lambda/checks/run.ts';
import { stated } from '../../lambda/diagnosis/facts.ts';
import { factsIn } from '../../lambda/diagnosis/signs.ts';
import { overallStatus } from '../../lambda/report/report.ts';
import { renderTable } from '../../lambda/report/table.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import type { ConnectionPhase, FailureKind } from '../../lambda/snapshot/snapshot.ts';
import {
  type Cluster,
  DATABASE_NAME,
  masterOf,
  runSql,
  startCluster,
  superuserOf,
} from '../../sandbox/database/cluster.ts';
import { createDatabase } from '../../sandbox/database/database.ts';
import type { OddTls, SeenMessage, WireFault } from '../../sandbox/wire/fault.ts';
import { type FaultProxy, startFaultProxy } from '../../sandbox/wire/fault-proxy.ts';
import { settingsFor } from '../target.ts';

/** `npm run test:faults` injects every fault, and `npm test` a sample that is the same in each run. */
export const ALL_FAULTS = process.env.FAULTS === 'all';

const USER = 'wire_auditor';
const IAM_USER = 'litellm_auditor';
/** Short for what never comes: a login or a statement can take longer only where a machine has other work. */
const HASTY = { connectTimeoutMs: 1500, statementTimeoutMs: 500, lockTimeoutMs: 100 };
const PATIENT = { connectTimeoutMs: 9000, statementTimeoutMs: 3000, lockTimeoutMs: 600 };
const BUDGET_MS = 20_000;
const MOST_STATEMENTS = 8;
/** How much longer than the server the client waits for a statement, and what the rest of an audit takes. */
const GRACE_MS = 500;
const REST_MS = 2000;

interface Injected {
  readonly fault?: WireFault | undefined;
  readonly tls?: OddTls | undefined;
  /** With deadlines that a busy machine keeps too. */
  readonly isPatient?: boolean;
}

export interface Outcome {
  /** Of the shell. */
  readonly status: string;
  /** Of database-reachable. */
  readonly cause: FailureKind | undefined;
  readonly phase: ConnectionPhase | undefined;
  /** What was seen without a fault, and is not now. The sessions of other audits at the same time change findings too, and not these. */
  readonly changed: readonly { readonly checkId: string; readonly status: string; readonly summary: string }[];
  readonly text: string;
  /** It took longer than all its deadlines together. */
  readonly isLate: boolean;
  /** Whether a message was spoiled. */
  readonly wasMet: boolean;
}

/** A PostgreSQL with LiteLLM's tables and a role of the auditor that logs in with a password, as the fault proxy requires. */
export interface FaultWorld {
  readonly settings: Settings;
  /** A role that comes in by IAM: the proxy is trusted to have checked its token. */
  readonly iamUser: typeof IAM_USER;
  readonly caFile: string;
  /** What must not be in any output. */
  readonly secret: string;
  /** The messages of an audit without a fault. */
  readonly seen: readonly SeenMessage[];
  /** One audit; each has a proxy of its own, so that several can run at once. */
  run(injected: Injected): Promise<Outcome>;
  /** Runs SQL as superuser. */
  query(sql: string): Promise<unknown>;
  /** A proxy in front of it, for an audit in a process of its own. */
  proxy(): Promise<FaultProxy>;
  stop(): Promise<void>;
}

export async function startFaultWorld(): Promise<FaultWorld> {
  const cluster = await startCluster({ maxConnections: 60 });
  const secret = randomBytes(18).toString('base64url');
  await prepare(cluster, secret);
  const { postgres, certificates } = cluster;
  const settings = settingsFor(
    {
      label: 'sandbox',
      host: 'localhost',
      port: 1,
      databaseName: DATABASE_NAME,
      user: USER,
      login: { kind: 'password', password: secret },
      tls: { mode: 'verify', caFile: postgres.caFile },
    },
    { ...HASTY, litellmVersion: '1.108.13' },
  );
  const proxy = () => startFaultProxy(postgres, certificates);
  const runOnce = async ({ fault, tls, isPatient = false }: Injected) => {
    const front = await proxy();
    front.inject(fault, tls);
    const start = performance.now();
    try {
      const target = { ...settings.target, port: front.port };
      const deadlines = isPatient ? PATIENT : HASTY;
      const { snapshot, model, report } = await audit({ ...settings, ...deadlines, target }, BUDGET_MS);
      const [facts] = factsIn(runChecks(snapshot, model, settings), 'database-reachable');
      const isLate = performance.now() - start > longest(deadlines);
      return { report, facts, isLate, wasMet: tls !== undefined || front.wasMet(), seen: front.seen() };
    } finally {
      await front.stop();
    }
  };
  const { report: clean, seen } = await runOnce({ isPatient: true });
  const reached = clean.findings.find(({ checkId }) => checkId === 'database-reachable');
  if (reached?.status !== 'ok') throw new Error(`Without a fault: ${reached?.summary}`);
  return {
    settings,
    seen,
    iamUser: IAM_USER,
    caFile: postgres.caFile,
    secret,
    query: (sql) => runSql(superuserOf(postgres, DATABASE_NAME), sql),
    proxy,
    async run(injected) {
      const { report, facts, isLate, wasMet } = await runOnce(injected);
      const text = renderTable(report, { color: false, width: 100 }) + JSON.stringify(report);
      const before = new Map(clean.findings.map(({ fingerprint, status }) => [fingerprint, status]));
      return {
        status: overallStatus(report),
        cause: facts && stated(facts, 'cause'),
        phase: facts && stated(facts, 'phase'),
        changed: report.findings.filter(
          ({ checkId, fingerprint, status }) =>
            before.get(fingerprint) !== status && (status === 'unknown' || checkId === 'database-reachable'),
        ),
        text,
        isLate,
        wasMet,
      };
    },
    stop: () => postgres.stop(),
  };
}

function longest({ connectTimeoutMs, statementTimeoutMs }: typeof HASTY): number {
  const deadlines = connectTimeoutMs + MOST_STATEMENTS * (statementTimeoutMs + GRACE_MS);
  return Math.min(deadlines, BUDGET_MS) + REST_MS;
}

async function prepare(cluster: Cluster, password: string): Promise<void> {
  await createDatabase(cluster, DATABASE_NAME, { setUp: false, litellm: { keys: 3, teams: 2 } });
  for (const role of [IAM_USER, USER]) await runSql(masterOf(cluster, DATABASE_NAME), databaseSetupSql({ role }));
  // Members of rds_iam come in through the IAM proxy only.
  await runSql(masterOf(cluster, DATABASE_NAME), `REVOKE rds_iam FROM ${USER}`);
  await runSql(superuserOf(cluster.postgres), `ALTER ROLE ${USER} PASSWORD '${password}'`);
}
