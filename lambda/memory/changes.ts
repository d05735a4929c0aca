import { type Status, severityRank } from '../core/finding.ts';
import type { Change } from '../report/change.ts';
import { CANNOT_LOOK } from './observation.ts';
import type { Problem, State } from './state.ts';

const HOUR_MS = 3_600_000;
/** Trouble of the auditor's own is announced when it lasts: one lost packet is none. */
const RUNS_UNTIL_ANNOUNCED = 2;

/** When people want to be told. */
export interface Wishes {
  /** Nothing for `never`, critical incidents alone for `critical`, otherwise warnings too. */
  readonly notifyFrom: Status | 'never';
  /** How long an incident of that status may last before people are reminded of it, in hours. */
  readonly reminderHours: Readonly<Record<'warning' | 'critical' | 'unknown', number>>;
}

/** What people are to be told now, the worst first. `advisories`: those of the running version that have to be told at once, by public name. */
export function changesDue(
  state: State,
  advisories: readonly string[],
  wishes: Wishes,
  now: string,
): readonly Change[] {
  if (wishes.notifyFrom === 'never') return [];
  const problems = Object.entries(state.problems).flatMap(([id, problem]): Change[] => {
    const kind = kindOf(id, problem, wishes, now);
    const { status, since, ended, headline } = problem;
    return kind === null ? [] : [{ kind, problem: id, status, was: openStatus(problem), since, ended, headline }];
  });
  const unknown = advisories.filter((name) => !state.advisories.includes(name));
  return [
    ...problems.sort((a, b) => severityRank(b.status) - severityRank(a.status)),
    ...unknown.map((name) => note('advisory', name, now, name)),
    ...state.notices.map(({ id, at, headline }) => note('purge', id, at, headline)),
  ];
}

function note(kind: 'advisory' | 'purge', problem: string, since: string, headline: string): Change {
  return { kind, problem, status: 'warning', was: null, since, ended: null, headline };
}

function kindOf(id: string, problem: Problem, wishes: Wishes, now: string): Change['kind'] | null {
  const { status, told, flapping, worst } = problem;
  const open = openStatus(problem);
  const wasLoud = isLoud(id, { ...problem, status: worst }, wishes);
  if (flapping === 'untold') return wasLoud || open !== null ? 'flapping' : null;
  if (status === 'ok') {
    if (flapping === 'told') return null;
    return open !== null || wasLoud ? 'resolved' : null;
  }
  if (!isLoud(id, problem, wishes)) return null;
  if (told === null || open === null) return flapping === 'told' ? null : 'new';
  if (severityRank(status) > severityRank(open)) return 'worse';
  return Date.parse(now) - Date.parse(told.at) >= reminderMs(status, wishes) ? 'still' : null;
}

/** What people think that it is; null when they think that there is nothing. */
function openStatus({ told }: Problem): Status | null {
  return told === null || told.status === 'ok' ? null : told.status;
}

function isLoud(id: string, { status, runs }: Problem, { notifyFrom }: Wishes): boolean {
  if (id === CANNOT_LOOK) return status !== 'ok' && runs >= RUNS_UNTIL_ANNOUNCED;
  return notifyFrom === 'critical' ? status === 'critical' : severityRank(status) >= severityRank('warning');
}

function reminderMs(status: Status, { reminderHours }: Wishes): number {
  return HOUR_MS * (status === 'critical' || status === 'warning' ? reminderHours[status] : reminderHours.unknown);
}

/** The state after people were told of these changes. */
export function told(state: State, changes: readonly Change[], now: string): State {
  const problems: Record<string, Problem> = { ...state.problems };
  for (const { kind, problem: id, status } of changes) {
    const problem = problems[id];
    if (problem === undefined) continue;
    problems[id] = {
      ...problem,
      told: { status: kind === 'flapping' ? problem.worst : status, at: now },
      worst: problem.status,
      ...(kind === 'flapping' && { flapping: 'told' }),
    };
  }
  const names = changes.flatMap(({ kind, problem }) => (kind === 'advisory' ? [problem] : []));
  const notices = changes.flatMap(({ kind, problem }) => (kind === 'purge' ? [problem] : []));
  return {
    ...state,
    problems,
    advisories: [...new Set([...state.advisories, ...names])],
    notices: state.notices.filter(({ id }) => !notices.includes(id)),
  };
}

/** The state when nothing is due: no word is owed of what has ended. */
export function settled(state: State): State {
  const problems = Object.entries(state.problems).map(([id, problem]) => [
    id,
    problem.status === 'ok' ? { ...problem, worst: problem.status } : problem,
  ]);
  return { ...state, problems: Object.fromEntries(problems) };
}
