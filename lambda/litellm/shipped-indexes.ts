import { lte } from '@renovatebot/pep440';
import { FIRST_VERSIONS } from './releases/first-versions.ts';
import type { ShippedIndex } from './releases/known-issue.ts';
import { SHIPPED_INDEXES } from './releases/shipped-indexes.ts';
import { SINCE } from './releases/since.ts';

/** An index that a LiteLLM has, by its tables. */
export interface ExpectedIndex extends Pick<ShippedIndex, 'index' | 'table' | 'columns' | 'partial'> {
  /** LiteLLM declares it and leaves it to people to build: no migration makes it. */
  readonly byHand: boolean;
}

/** schema.prisma declares them, and the migrations leave them out on purpose (HAND_BUILT_SPEND_LOGS_INDEXES in litellm_proxy_extras/utils.py). */
const BY_HAND: readonly ExpectedIndex[] = [
  { index: 'LiteLLM_SpendLogs_api_key_startTime_idx', columns: ['api_key', 'startTime'] },
  { index: 'LiteLLM_SpendLogs_litellm_call_id_idx', columns: ['litellm_call_id'] },
].map((index) => ({ ...index, table: 'LiteLLM_SpendLogs', partial: false, byHand: true }));

/** The indexes that a version has once its migrations have run, and those that it declares besides. */
export function indexesOf(version: string): readonly ExpectedIndex[] {
  const ships = (migration: string) => {
    const first = FIRST_VERSIONS[migration];
    return first !== undefined && lte(first, version);
  };
  return [
    ...SHIPPED_INDEXES.filter(
      ({ addedBy, droppedBy }) => ships(addedBy) && (droppedBy === null || !ships(droppedBy)),
    ).map(({ index, table, columns, partial }) => ({ index, table, columns, partial, byHand: false })),
    ...(lte(SINCE['hand-built-indexes'], version) ? BY_HAND : []),
  ];
}
