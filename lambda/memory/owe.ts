import type { Settings } from '../settings/settings.ts';
import { recall } from './recall.ts';
import { emptyState } from './state.ts';

/** As many runs as may write at the same time. */
const MOST_CONFLICTS = 10;

/** What was done, while its message could not be sent: the next audit tells it. */
export interface Notice {
  /** Of the request: it is told once. */
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly headline: string;
}

/** Leaves word for the next audit. Never throws; false when nobody will tell it. */
export async function oweNotice(notice: Notice, settings: Pick<Settings, 'memoryTable' | 'target'>): Promise<boolean> {
  try {
    for (let attempt = 0; attempt < MOST_CONFLICTS; attempt++) {
      const recalled = await recall(settings);
      if (recalled.kind !== 'recalled' || recalled.loaded.kind === 'newer') return false;
      const { store, loaded } = recalled;
      const state = loaded.kind === 'stored' ? loaded.state : emptyState(notice.at);
      const revision = loaded.kind === 'empty' ? 0 : loaded.revision;
      if (await store.save({ ...state, notices: [...state.notices, notice] }, revision)) return true;
    }
  } catch {
    // The error of the message is reported, and the log has all of it.
  }
  return false;
}
