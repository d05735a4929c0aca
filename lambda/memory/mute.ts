import { CHECKS } from '../checks/registry.ts';
import type { MuteRequest } from '../settings/request.ts';
import type { Settings } from '../settings/settings.ts';
import { CANNOT_LOOK } from './observation.ts';
import { recall } from './recall.ts';
import { emptyState, type Mute, type State } from './state.ts';

const HOUR_MS = 3_600_000;
const UNITS = { h: HOUR_MS, d: 24 * HOUR_MS } as const;
/** The state of a database has to stay small. */
const MOST_MUTES = 20;
const MOST_CONFLICTS = 10;
const FINGERPRINT = /^[0-9a-f]{16}$/;

/** The answer to whoever asked. `muted`: all that is muted now, the first to end first. */
export interface MuteAnswer {
  readonly action: MuteRequest['action'];
  readonly status: 'done' | 'refused';
  readonly message: string;
  readonly muted: readonly Mute[];
}

/** Mutes a check or a finding, ends that, or lists what is muted. `now`: milliseconds since 1970. Never throws. */
export async function runMute(
  request: MuteRequest,
  settings: Pick<Settings, 'memoryTable' | 'target'>,
  now: number,
): Promise<MuteAnswer> {
  const { action } = request;
  const refused = (message: string, muted: readonly Mute[] = []): MuteAnswer => ({
    action,
    status: 'refused',
    message,
    muted,
  });
  if (request.action !== 'muted' && !isKnown(request.finding)) {
    return refused(
      `"finding" is "${request.finding}". Allowed: the id of a check, or the fingerprint of a finding as in the report.`,
    );
  }
  try {
    for (let attempt = 0; attempt < MOST_CONFLICTS; attempt++) {
      const recalled = await recall(settings);
      if (recalled.kind === 'none') return refused('This function has no memory table, and so nothing to mute with.');
      if (recalled.kind === 'failed')
        return refused(`The memory could not be read, so nothing was changed. ${recalled.reason}`);
      const { store, loaded } = recalled;
      if (loaded.kind === 'newer')
        return refused('The memory is of a newer release of the auditor, so nothing was changed.');
      const at = new Date(now).toISOString();
      const state = loaded.kind === 'stored' ? loaded.state : emptyState(at);
      const active = state.mutes.filter(({ until }) => until > at);
      if (request.action === 'muted') return { action, status: 'done', message: listing(active), muted: active };
      const mutes =
        request.action === 'mute'
          ? withMute(active, request, now)
          : active.filter(({ finding }) => finding !== request.finding);
      if (mutes.length > MOST_MUTES)
        return refused(`${MOST_MUTES} are muted already. End one first, with "unmute".`, active);
      const next: State = { ...state, mutes };
      if (await store.save(next, loaded.kind === 'empty' ? 0 : loaded.revision)) {
        return { action, status: 'done', message: listing(mutes), muted: mutes };
      }
    }
  } catch {
    return refused('The memory could not be written, so nothing was changed.');
  }
  return refused('Others wrote to the memory again and again, so nothing was changed. Ask again.');
}

function isKnown(finding: string): boolean {
  return FINGERPRINT.test(finding) || finding === CANNOT_LOOK || CHECKS.some(({ id }) => id === finding);
}

function withMute(
  active: readonly Mute[],
  request: Extract<MuteRequest, { action: 'mute' }>,
  now: number,
): readonly Mute[] {
  const { finding, why } = request;
  const [, count = '', unit = ''] = /^(\d+)([hd])$/.exec(request.for) ?? [];
  const until = new Date(now + Number(count) * (unit === 'h' ? UNITS.h : UNITS.d)).toISOString();
  const others = active.filter((mute) => mute.finding !== finding);
  return [...others, { finding, until, why }].sort((a, b) => a.until.localeCompare(b.until));
}

function listing(mutes: readonly Mute[]): string {
  if (mutes.length === 0) return 'Nothing is muted.';
  return `Muted: ${mutes.map(({ finding, until, why }) => `${finding} until ${until} (${why})`).join('; ')}.`;
}
