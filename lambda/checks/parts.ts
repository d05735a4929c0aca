import type { Derived, Model } from '../model/model.ts';
import type { Snapshot, SourceName, SourceResult } from '../snapshot/snapshot.ts';
import type { Part, Parts } from './check.ts';

/** The sources that each derived part is made of. */
const DERIVED_FROM: Readonly<Record<keyof Derived, readonly SourceName[]>> = {
  slots: ['server', 'sessions'],
  topology: ['server', 'sessions'],
  trend: ['cloudwatch'],
  routerEffects: ['router-settings'],
  lockGraph: ['locks'],
};

/** The sources behind what a check needs, each once. */
export function requiredSources(needs: readonly Part[]): readonly SourceName[] {
  return [...new Set(needs.flatMap((part) => (isDerived(part) ? DERIVED_FROM[part] : [part])))];
}

function isDerived(part: Part): part is keyof Derived {
  return Object.hasOwn(DERIVED_FROM, part);
}

/** Every part, given when it is asked for: a check that asks for one that is not there has not named it in `needs`, which is its bug. */
export function accessParts({ sources }: Snapshot, model: Model): { readonly [Name in Part]: Parts[Name] } {
  return {
    get connection() {
      return sourceValue(sources.connection);
    },
    get server() {
      return sourceValue(sources.server);
    },
    get sessions() {
      return sourceValue(sources.sessions);
    },
    get locks() {
      return sourceValue(sources.locks);
    },
    get tables() {
      return sourceValue(sources.tables);
    },
    get 'router-settings'() {
      return sourceValue(sources['router-settings']);
    },
    get litellm() {
      return sourceValue(sources.litellm);
    },
    get rds() {
      return sourceValue(sources.rds);
    },
    get cloudwatch() {
      return sourceValue(sources.cloudwatch);
    },
    get load() {
      return sourceValue(sources.load);
    },
    get proxy() {
      return sourceValue(sources.proxy);
    },
    get 'proxy-log'() {
      return sourceValue(sources['proxy-log']);
    },
    get previous() {
      return sourceValue(sources.previous);
    },
    get slots() {
      return derived(model.slots);
    },
    get topology() {
      return derived(model.topology);
    },
    get trend() {
      return derived(model.trend);
    },
    get routerEffects() {
      return derived(model.routerEffects);
    },
    get lockGraph() {
      return derived(model.lockGraph);
    },
  };
}

function sourceValue<Value>(result: SourceResult<Value>): Value {
  if (result.status !== 'ok') throw new UndeclaredNeedError();
  return result.value;
}

function derived<Value>(value: Value | null): Value {
  if (value === null) throw new UndeclaredNeedError();
  return value;
}

/** A check read a part that it does not name in `needs`. */
class UndeclaredNeedError extends Error {
  override readonly name = 'UndeclaredNeedError';

  constructor() {
    super('A check asked for a part that it does not name in its needs.');
  }
}
