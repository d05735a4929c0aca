import { type Status, severityRank } from '../core/finding.ts';
import type { Observation, Sight } from './observation.ts';
import type { Problem, State } from './state.ts';

const HOUR_MS = 3_600_000;
/** A problem that begins and ends at least this often within the window is flapping: the third time it begins says nothing new. */
const FLAPPING_TURNS = 5;
const FLAPPING_WINDOW_MS = 6 * HOUR_MS;
/** So long after people were told, a problem that is milder now counts as told as what it is now: should it get worse again, that is news. */
const SUNK_MS = 2 * HOUR_MS;
/** Findings of one problem that are kept: the state has to stay small. */
const MOST_MEMBERS = 20;

/** What is known of all problems after an audit. What people were told stays as it is. `now`: ISO 8601 UTC. */
export function remember(state: State, observation: Observation, now: string): State {
  const ids = new Set([...Object.keys(state.problems), ...observation.keys()]);
  const problems = [...ids].flatMap((id) => {
    const known = state.problems[id];
    const problem = known && now < state.lastRun ? notLaterThan(now, known) : known;
    const next = nextOf(problem, observation.get(id) ?? { seen: 'fine' }, now);
    return next === undefined || isForgotten(next, now) ? [] : [[id, next] as const];
  });
  return { ...state, lastRun: now, problems: Object.fromEntries(problems) };
}

function nextOf(problem: Problem | undefined, sight: Sight, now: string): Problem | undefined {
  if (sight.seen === 'not-seen') return problem;
  if (problem === undefined) return sight.seen === 'fine' ? undefined : begun(sight, now);
  return sunk(calmed(sight.seen === 'bad' ? stillBad(problem, sight, now) : fine(problem, now), now), now);
}

/** The clock was set back: what it noted before would otherwise lie in the future, and a reminder of it too. */
function notLaterThan(now: string, problem: Problem): Problem {
  const { since, told, turns } = problem;
  const earlier = (moment: string) => (moment < now ? moment : now);
  return {
    ...problem,
    since: earlier(since),
    told: told && { ...told, at: earlier(told.at) },
    turns: turns.map(earlier),
  };
}

type Bad = Extract<Sight, { readonly seen: 'bad' }>;

function begun({ status, headline, fingerprints }: Bad, now: string): Problem {
  return {
    status,
    since: now,
    ended: null,
    headline,
    told: null,
    worst: status,
    turns: [now],
    flapping: 'no',
    runs: 1,
    members: Object.fromEntries(fingerprints.slice(0, MOST_MEMBERS).map((fingerprint) => [fingerprint, now])),
  };
}

function stillBad(problem: Problem, sight: Bad, now: string): Problem {
  const { status, headline, fingerprints } = sight;
  const seen = {
    status,
    headline,
    worst: worse(problem.worst, status),
    members: Object.fromEntries(
      fingerprints.slice(0, MOST_MEMBERS).map((fingerprint) => [fingerprint, problem.members[fingerprint] ?? now]),
    ),
  };
  if (problem.status !== 'ok') return { ...problem, ...seen, runs: problem.runs + 1 };
  // People may not know that it had ended. Should they know it, they would not learn that it is back.
  const told = problem.flapping === 'told' ? problem.told : null;
  return turned({ ...problem, ...seen, since: now, ended: null, runs: 1, told }, now);
}

function fine(problem: Problem, now: string): Problem {
  return problem.status === 'ok' ? problem : turned({ ...problem, status: 'ok', ended: now, members: {} }, now);
}

function turned(problem: Problem, now: string): Problem {
  const turns = [...problem.turns, now].filter((turn) => isWithin(turn, now)).slice(-FLAPPING_TURNS);
  const flapping = turns.length >= FLAPPING_TURNS && problem.flapping === 'no' ? 'untold' : problem.flapping;
  return { ...problem, turns, flapping };
}

/** Flapping is over when it has neither begun nor ended for the whole window, and people know that it was flapping. */
function calmed(problem: Problem, now: string): Problem {
  const isCalm = !problem.turns.some((turn) => isWithin(turn, now));
  return problem.flapping === 'told' && isCalm ? { ...problem, flapping: 'no', turns: [] } : problem;
}

function sunk(problem: Problem, now: string): Problem {
  const { told, status } = problem;
  if (told === null || status === 'ok' || severityRank(status) >= severityRank(told.status)) return problem;
  return Date.parse(now) - Date.parse(told.at) < SUNK_MS ? problem : { ...problem, told: { ...told, status } };
}

/** It is over, people know, and it did not begin or end for so long that it cannot be flapping. */
function isForgotten({ status, told, worst, turns, flapping }: Problem, now: string): boolean {
  const isTold = worst === 'ok' && (told === null || told.status === 'ok');
  return status === 'ok' && isTold && flapping === 'no' && !turns.some((turn) => isWithin(turn, now));
}

function isWithin(turn: string, now: string): boolean {
  return Date.parse(now) - Date.parse(turn) < FLAPPING_WINDOW_MS;
}

function worse(one: Status, other: Status): Status {
  return severityRank(one) >= severityRank(other) ? one : other;
}
