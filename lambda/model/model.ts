import type { LitellmVersion } from '../litellm/version.ts';
import type { Settings } from '../settings/settings.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type ConnectionTrend, connectionTrend } from './connection-trend.ts';
import { type GrowthShare, growthShare } from './growth-share.ts';
import { type IamLogin, iamLogin, type TokenLogins, tokenLogins } from './iam-login.ts';
import { buildLockGraph, type LockGraph } from './lock-graph.ts';
import { type RouterEffects, routerEffects } from './router-effect.ts';
import { type RouterLookups, routerLookups } from './router-lookups.ts';
import { knownVersion, migratedBy, type RunningVersion, runningVersion } from './running-version.ts';
import { type ServerLoad, serverLoad } from './server-load.ts';
import { servesOthers } from './serves-others.ts';
import { type SessionsSince, sessionsSince } from './sessions-since.ts';
import { type SlotUse, slotUse } from './slots.ts';
import { buildTopology, type Topology } from './topology.ts';

/** What requires more than one source, or a whole series: there when its sources are. */
export interface Derived {
  readonly slots: SlotUse;
  readonly topology: Topology;
  readonly trend: ConnectionTrend;
  readonly routerEffects: RouterEffects;
  readonly lockGraph: LockGraph;
}

/** What the snapshot means, decided once per audit and the same for every check. */
export type Model = { readonly [Name in keyof Derived]: Derived[Name] | null } & {
  /** null: nothing states a version. */
  readonly runningVersion: RunningVersion | null;
  /** The version to look known issues up by; null when it is not known, or only a lower bound of it is. */
  readonly version: LitellmVersion | null;
  readonly iamLogin: IamLogin;
  readonly tokenLogins: TokenLogins;
  readonly routerLookups: RouterLookups;
  readonly serverLoad: ServerLoad;
  /** What shows that the database serves others than the auditor, in words; null when that is not shown. */
  readonly servesOthers: string | null;
  /** Whose sessions a rise of the connections is made of; null when they do not rise, or were not seen. */
  readonly growthShare: GrowthShare | null;
  /** null without an earlier audit that can be compared. */
  readonly sessionsSince: SessionsSince | null;
};

/** Derives the model of a snapshot; what is missing a source is null. */
export function buildModel(snapshot: Snapshot, settings: Settings): Model {
  const { server, sessions, locks, cloudwatch, 'router-settings': routerSettings } = snapshot.sources;
  const seen =
    server.status === 'ok' && sessions.status === 'ok' ? { server: server.value, sessions: sessions.value } : null;
  const running = runningVersion(snapshot);
  const version = knownVersion(running);
  const topology = seen && buildTopology(snapshot, seen, version, settings);
  const lookups = routerLookups(snapshot, topology);
  const trend = cloudwatch.status === 'ok' ? connectionTrend(cloudwatch.value, snapshot.takenAt, settings) : null;
  const slots = seen && slotUse(seen.server, seen.sessions);
  const since = slots && sessionsSince(snapshot, topology?.who ?? null, slots);
  return {
    slots,
    topology,
    trend,
    routerEffects:
      routerSettings.status === 'ok'
        ? routerEffects(running, routerSettings.value, { lookups, migrated: migratedBy(snapshot) })
        : null,
    lockGraph: locks.status === 'ok' ? buildLockGraph(locks.value) : null,
    runningVersion: running,
    version,
    iamLogin: iamLogin(snapshot, topology),
    tokenLogins: tokenLogins(snapshot),
    routerLookups: lookups,
    serverLoad: serverLoad(snapshot, settings),
    servesOthers: servesOthers(snapshot, trend),
    growthShare:
      trend &&
      seen &&
      growthShare(trend, seen.sessions, topology?.who ?? null, since, topology?.sharing?.kind === 'rds-proxy'),
    sessionsSince: since,
  };
}
