import { type Budget, startBudget } from '../../core/deadline.ts';
import type { Settings } from '../../settings/settings.ts';
import { tuningOf } from '../../settings/tuning.ts';
import { readCloudWatch } from '../aws/cloudwatch.ts';
import { readRds } from '../aws/rds.ts';
import { failureOf, SourceError } from '../failure.ts';
import { asSource } from '../previous.ts';
import { readProxy } from '../proxy/proxy.ts';
import type { PreviousSource, ProxyLogSource, Snapshot, Sources } from '../snapshot.ts';
import { askAws, CONFIGURE_RDS } from './ask-aws.ts';
import { collectDatabase } from './database.ts';
import { collectLoad } from './load.ts';
import { skipped, timed } from './timed.ts';

/**
 * Reads every source once. Never throws: what could not be seen is in the snapshot as a failed or skipped source.
 * @param budgetMs the longest the whole may take
 * @param previous what an earlier audit of the same database saw, or will be known to have seen; undefined when none is known. It must not reject.
 * @param proxyLog what a log that was given had, in place of the metrics
 */
export async function collectSnapshot(
  settings: Settings,
  budgetMs: number,
  previous?: PreviousSource | Promise<PreviousSource | undefined>,
  proxyLog?: ProxyLogSource,
): Promise<Snapshot> {
  const takenAt = new Date().toISOString();
  const budget = startBudget(budgetMs);
  const looking = collectDatabase(settings, budget);
  const [database, rds, metrics, load, proxy, earlier] = await Promise.all([
    looking,
    collectRds(settings, budget),
    collectMetrics(settings, budget),
    collectLoad(settings, budget, takenAt, looking),
    collectProxy(settings, budget),
    previous,
  ]);
  return {
    schemaVersion: 2,
    database: settings.target.label,
    takenAt,
    configuredVersion: settings.litellmVersion ?? null,
    tuning: tuningOf(settings),
    sources: {
      ...database,
      rds,
      ...metrics,
      load,
      proxy,
      ...(proxyLog && { 'proxy-log': { status: 'ok', durationMs: 0, value: proxyLog } }),
      previous: earlier === undefined ? skipped('No earlier audit is known.') : asSource(earlier),
    },
  };
}

function collectProxy(settings: Settings, budget: Budget): Promise<Sources['proxy']> {
  const { proxy } = settings;
  if (proxy === undefined)
    return Promise.resolve(skipped("The proxy's URL is not configured.", 'proxy (in a shell: --proxy-url)'));
  return timed(
    () => readProxy(proxy, settings, budget),
    (error) => (error instanceof SourceError ? error.failure : failureOf('other')),
  );
}

async function collectRds({ target, awsTimeoutMs }: Settings, budget: Budget): Promise<Sources['rds']> {
  const { rds } = target;
  if (rds === undefined) return skipped('No RDS instance or cluster is configured.', CONFIGURE_RDS);
  return askAws(
    (signal) => readRds(rds, signal),
    budget.atMost(awsTimeoutMs),
    'rds:DescribeDBInstances, rds:DescribeDBClusters and rds:DescribeCertificates',
  );
}

/** The same hours of the day before distinguish a morning's rise from a leak. */
const DAY_HOURS = 24;

/** Both come with one call. */
type MetricSources = Pick<Sources, 'cloudwatch' | 'proxy-log'>;

const NO_LOG = skipped('The log of the proxy is not configured.', 'proxy.logGroupName (in a shell: --proxy-log FILE)');

async function collectMetrics(settings: Settings, budget: Budget): Promise<MetricSources> {
  const { rds, label } = settings.target;
  if (rds === undefined) {
    return { cloudwatch: skipped('No RDS instance or cluster is configured.', CONFIGURE_RDS), 'proxy-log': NO_LOG };
  }
  const wanted = {
    hours: settings.growthWindowHours + DAY_HOURS,
    logOf: settings.proxyLogMetrics ? label : undefined,
  };
  const seen = await askAws(
    (signal) => readCloudWatch(rds, wanted, signal),
    budget.atMost(settings.awsTimeoutMs),
    'cloudwatch:GetMetricData',
  );
  if (seen.status !== 'ok') return { cloudwatch: seen, 'proxy-log': wanted.logOf === undefined ? NO_LOG : seen };
  const { cloudwatch, proxyLog } = seen.value;
  return {
    cloudwatch: { ...seen, value: cloudwatch },
    'proxy-log': proxyLog === null ? NO_LOG : { ...seen, value: proxyLog },
  };
}
