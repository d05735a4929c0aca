import { type ConnectionPhase, connectionPhaseSchema } from '../../lambda/snapshot/schema/source.ts';
import type { WirePhase } from '../../sandbox/wire/fault.ts';
import type { CataloguedFault } from './catalogue.ts';
import type { FaultWorld, Outcome } from './world.ts';

const AT_ONCE = 6;

/** Why an outcome is a miss, for a fault of a world; null when it is none. */
type Criterion = (fault: CataloguedFault, outcome: Outcome, world: FaultWorld) => string | null;

/** The faults that end as they should not, each with the reason and what was found. */
export async function missesOf(
  faults: readonly CataloguedFault[],
  world: FaultWorld,
  why: Criterion,
): Promise<readonly string[]> {
  const misses: string[] = [];
  const queue = [...faults];
  const work = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const { fault, tls } = entry;
      if (why(entry, await world.run({ fault, tls }), world) === null) continue;
      // On a busy machine a deadline can come before the fault. Then it counts how it ends with more time.
      const outcome = await world.run({ fault, tls, isPatient: true });
      const reason = why(entry, outcome, world);
      if (reason !== null) misses.push(`${entry.name}: ${reason}. ${outcome.changed[0]?.summary ?? ''}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return misses;
}

/** The audit did not name what happened, in time and without a secret. */
export const whyMissed: Criterion = ({ phase: spoiled }, outcome, world) => {
  const { status, cause, phase, changed } = outcome;
  const unsafe = whyUnsafe(outcome, world);
  if (unsafe !== null) return unsafe;
  if (status !== 'critical' && status !== 'unknown') return `is ${status}`;
  if (changed.length === 0) return 'changes nothing';
  if (changed.some(({ summary }) => /reason that (is not known|the auditor does not know)/.test(summary)))
    return 'has no reason';
  if (phase !== undefined && !isNear(phase, spoiled)) return `names the phase ${phase}`;
  const blamesTheWay = cause === 'unreachable' || cause === 'name-unresolved';
  return spoiled !== 'connect' && blamesTheWay ? 'blames the way to the database' : null;
};

/** The audit did not see all that it sees without the fault. */
export const whyIncomplete: Criterion = (_fault, outcome, world) =>
  whyUnsafe(outcome, world) ?? (outcome.changed.length === 0 ? null : 'changes something');

function whyUnsafe({ wasMet, isLate, text }: Outcome, { secret }: FaultWorld): string | null {
  if (!wasMet) return 'was not met';
  if (isLate) return 'is late';
  if (text.includes(secret)) return 'shows the password';
  return /\n\s+at .*:\d+:\d+/.test(text) ? 'shows a stack trace' : null;
}

const PHASES: readonly ConnectionPhase[] = connectionPhaseSchema.options;

/** The phase itself or a neighbour: what is spoiled on its way to the server shows in what comes back. */
function isNear(named: ConnectionPhase, spoiled: WirePhase): boolean {
  const place = PHASES.findIndex((phase) => spoiled.startsWith(phase));
  return Math.abs(PHASES.indexOf(named) - place) <= 1;
}
