import { counted } from '../../core/text.ts';
import type { Deployment } from '../../model/deployment.ts';
import type { Settings } from '../../settings/settings.ts';

/** A job that migrates the schema holds one session beside the pools (knowledge/litellm.md section 4). */
const MIGRATION_SESSIONS = 1;

/** What the pools may take together with everybody else, against what there is. All numbers are sessions. */
export interface Budget {
  readonly usable: number;
  readonly perWorker: number;
  readonly workers: number;
  /** Workers while a rolling deployment has its extra pods. */
  readonly surgeWorkers: number;
  /** Sessions of others and the migration job. */
  readonly beside: number;
  readonly steady: number;
  readonly surge: number;
  /** The largest pool limit with which the rolling deployment fits; 0 or less when even 1 does not. */
  readonly safeLimit: number;
  /** `10 per worker x 4 workers on 2 pods = 40, + 4 sessions of others + 1 migration job = 45`. */
  readonly line: string;
}

/** limit x workers, + others, + 1 migration job; during a rolling deployment with the workers that it adds. */
export function computeBudget(
  parts: { readonly usable: number; readonly perWorker: number; readonly others: number },
  deployment: Deployment & { readonly workers: number; readonly pods: number },
  { rollingSurgePercent }: Settings,
): Budget {
  const { usable, perWorker, others } = parts;
  const { pods, workers, workersPerPod } = deployment;
  // Kubernetes rounds the extra pods of a rolling update up.
  const extraPods = Math.ceil((pods * rollingSurgePercent) / 100);
  const surgeWorkers = workers + Math.min(workers, extraPods * workersPerPod);
  const beside = others + MIGRATION_SESSIONS;
  const steady = perWorker * workers + beside;
  return {
    usable,
    perWorker,
    workers,
    surgeWorkers,
    beside,
    steady,
    surge: perWorker * surgeWorkers + beside,
    safeLimit: Math.floor((usable - beside) / surgeWorkers),
    line: `${perWorker} per worker x ${counted(workers, 'worker')} on ${counted(pods, 'pod')} = ${perWorker * workers}, + ${counted(others, 'session')} of others + ${MIGRATION_SESSIONS} migration job = ${steady}`,
  };
}

/** The sum with another limit, as proof: `4 x 12 workers during a rolling deployment + 5 = 53 of 55`. */
export function sumWith(limit: number, { surgeWorkers, beside, usable }: Budget): string {
  return `${limit} x ${surgeWorkers} workers during a rolling deployment + ${beside} = ${limit * surgeWorkers + beside} of ${usable}`;
}
