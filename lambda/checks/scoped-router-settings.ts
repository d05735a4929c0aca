import type { Advice, Status } from '../core/finding.ts';
import { counted } from '../core/text.ts';
import {
  FIRST_WITH_COLUMNS,
  PER_REQUEST_RANGE,
  type RouterEffect,
  type RouterEffectKind,
  SCOPED_AGAIN,
} from '../litellm/router-effect.ts';
import { targetWords } from '../litellm/upgrade.ts';
import { litellmTable } from '../model/litellm-tables.ts';
import type { RouterEffects, SeenEffect } from '../model/router-effect.ts';
import type { Settings } from '../settings/settings.ts';
import type { RouterSettingsSource, ScopedRouterSettings, Snapshot } from '../snapshot/snapshot.ts';
import { type CheckResult, type Evaluated, notEvaluated, risk } from './check.ts';
import { noTable, unreadTable } from './not-evaluated.ts';
import { LEARN_VERSION } from './remediation.ts';

interface SeenSettings {
  readonly 'router-settings': RouterSettingsSource;
  readonly routerEffects: RouterEffects;
}

/** Who can have router_settings of their own besides the whole proxy. */
export interface Scope {
  readonly level: 'team' | 'key';
  readonly table: string;
  /** Columns that name a holder without showing a secret. */
  readonly nameColumns: string;
  /** SQL that is true for one that is not in use any more. */
  readonly stale: string;
}

export type ScopedFacts =
  | { readonly litellmVersion: string | null }
  | { readonly estimatedRows: number | null }
  | {
      readonly litellmVersion: string | null;
      readonly effect: RouterEffectKind;
      readonly live: number;
      readonly expired: number;
      readonly blocked: number;
      readonly countedInFull: boolean;
      readonly kinds: Seen['kinds'];
      readonly estimatedRows: number | null;
      readonly holders: readonly {
        readonly name: string;
        readonly state: string;
        readonly settings: readonly string[];
      }[];
      readonly holdersNotShown?: number;
    };

type Seen = Extract<ScopedRouterSettings, { readonly state: 'seen' }>;

/** The router_settings of teams or of keys: one result for all of them. */
export function evaluateScope(
  scope: Scope,
  { 'router-settings': routerSettings, routerEffects }: SeenSettings,
  snapshot: Snapshot,
  settings: Settings,
): readonly CheckResult<ScopedFacts>[] {
  const subject = `database ${snapshot.database}`;
  const scoped = routerSettings[scope.level];
  const effect = routerEffects[scope.level];
  switch (scoped.state) {
    case 'no-table':
      return [noTable(scope.table, snapshot, settings)];
    case 'no-column':
      return [
        risk<ScopedFacts>({
          status: 'ok',
          subject,
          summary: `No ${scope.level} has router_settings: this database is older than LiteLLM ${FIRST_WITH_COLUMNS}, which brought them.`,
          facts: { litellmVersion: effect.version },
          uncertainty: effect.version === null ? null : effect.uncertainty,
        }),
      ];
    case 'hidden':
      return [
        notEvaluated({
          subject,
          summary: `The role ${settings.target.user} cannot read the router_settings of ${scope.level}s.`,
          evidence: { table: scope.table },
          advice: [scoped.remediation],
        }),
      ];
    case 'failed':
      return [unreadTable(scoped, 'router-settings', snapshot)];
    case 'seen':
      return [evaluateSeen(scope, scoped, effect, { subject, table: litellmTable(scope.table, snapshot, settings) })];
  }
}

function evaluateSeen(
  scope: Scope,
  seen: Seen,
  effect: SeenEffect,
  { subject, table }: { readonly subject: string; readonly table: string },
): Evaluated<ScopedFacts> {
  const total = seen.live + seen.expired + seen.blocked;
  if (total === 0) {
    return risk<ScopedFacts>({
      status: 'ok',
      subject,
      summary: `No ${scope.level} has router_settings of its own.`,
      facts: { estimatedRows: seen.estimatedRows },
    });
  }
  const atLeast = seen.truncated ? 'At least ' : '';
  const stale = seen.expired + seen.blocked;
  const status = seen.live > 0 ? statusOf(effect) : 'info';
  return risk<ScopedFacts>({
    status,
    subject,
    summary: `${atLeast}${counted(total, scope.level)} ${total === 1 ? 'has' : 'have'} router_settings of ${total === 1 ? 'its' : 'their'} own, ${seen.live} in use and ${stale} expired or blocked; ${consequence(effect, seen.live)}.`,
    facts: {
      litellmVersion: effect.version,
      effect: effect.kind,
      live: seen.live,
      expired: seen.expired,
      blocked: seen.blocked,
      countedInFull: !seen.truncated,
      kinds: seen.kinds,
      estimatedRows: seen.estimatedRows,
      holders: seen.holders.map(({ name, stale: why, keys }) => ({ name, state: why ?? 'live', settings: keys })),
      ...(total > seen.holders.length ? { holdersNotShown: total - seen.holders.length } : {}),
    },
    advice: adviceOn(scope, status, effect, table),
    uncertainty: effect.uncertainty,
  });
}

function statusOf({ kind }: RouterEffect): Exclude<Status, 'critical'> {
  // Older than the settings, and yet they are there: another version runs.
  return ['per-request-router', 'unknown', 'no-column'].includes(kind) ? 'warning' : 'info';
}

function consequence({ kind, version, disputed }: SeenEffect, live: number): string {
  const runs = `LiteLLM ${version ?? 'of this version'}`;
  if (live === 0) return 'no request uses them';
  switch (kind) {
    case 'per-request-router':
      return `${runs} builds a Router on each of their requests${disputed ? ', but that is not certain' : ''}`;
    case 'ignored':
      return `${runs} ignores them`;
    case 'normal-feature':
    case 'shared-router':
      return `${runs} applies them without a Router of their own`;
    case 'no-router':
      return `${runs} builds no Router on their requests`;
    case 'unknown':
    case 'no-column':
      return `LiteLLM ${PER_REQUEST_RANGE} builds a Router on each of their requests, and the version that runs is not known`;
  }
}

function adviceOn(scope: Scope, status: Status, { kind }: RouterEffect, table: string): readonly Advice[] {
  const look = {
    text: "See who has them, names only, as LiteLLM's database user:",
    command: `SELECT ${scope.nameColumns}, ${scope.stale} AS stale, octet_length(router_settings::text) AS bytes FROM ${table}
 WHERE router_settings <> '{}' AND router_settings <> 'null' ORDER BY 1 LIMIT 100;`,
  };
  if (kind === 'ignored') {
    return [
      { text: `To have them applied, upgrade LiteLLM to ${targetWords()}; ${SCOPED_AGAIN} brought them back.` },
      look,
    ];
  }
  if (status === 'info') return [];
  return [
    kind === 'per-request-router'
      ? { text: `Upgrade LiteLLM to ${targetWords()}: from ${SCOPED_AGAIN} on they cost no Router per request.` }
      : LEARN_VERSION,
    look,
    {
      text: `${kind === 'per-request-router' ? 'Until then' : `On LiteLLM ${PER_REQUEST_RANGE}, and on no other`}, empty those that are not needed through the UI or the API of LiteLLM (router_settings = {}). Keep a copy first: fallbacks and aliases of that ${scope.level} go with them.`,
    },
  ];
}
