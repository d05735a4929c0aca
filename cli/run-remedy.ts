import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { OperationResult, PurgeReport, Requester } from '../lambda/purge/operation.ts';
import { operationText } from '../lambda/purge/rendering.ts';
import { runOperation } from '../lambda/purge/run-operation.ts';
import { plainLine } from '../lambda/report/untrusted-text.ts';
import type { PurgeRequest } from '../lambda/settings/request.ts';
import { parseRemedy, remedyHelp } from './remedy-options.ts';
import { UsageError } from './target.ts';

/** As monitoring plugins have it (docs/architecture.md, "Contracts"): there is nothing between done and not done. */
const COULD_NOT = 3;
const IS_GOOD: Readonly<Record<OperationResult, boolean>> = {
  done: true,
  'nothing-to-do': true,
  shown: true,
  refused: false,
  failed: false,
  'not-known': false,
};
/** Long enough for every deadline of both attempts together. */
const BUDGET_MS = 60_000;
const DEFAULT_WIDTH = 100;

/** Runs one command to its end: answer on stdout, a sentence on stderr and exit status 3 when it was not done. */
export function runRemedy(action: PurgeRequest['action']): void {
  main(action).catch((error: unknown) => {
    // An error that is not ours may repeat what it was given; only its kind is shown.
    const sentence =
      error instanceof UsageError
        ? error.message
        : `The ${action} failed: ${error instanceof Error ? error.name : 'no reason given'}.`;
    process.stderr.write(`${sentence}\n`);
    process.exitCode = COULD_NOT;
  });
}

async function main(action: PurgeRequest['action']): Promise<void> {
  const command = parseRemedy(action, process.argv.slice(2), process.env);
  if (command.kind === 'help') {
    process.stdout.write(remedyHelp(action));
    return;
  }
  const unsent = await runOperation(command.request, command.settings, {
    requester: requester(),
    mode: 'manual',
    enabled: true,
    budgetMs: BUDGET_MS,
  });
  const report: PurgeReport = { ...unsent, notification: { status: 'skipped', reason: 'Run from a shell.' } };
  if (!IS_GOOD[report.result]) {
    process.stderr.write(`${plainLine(report.summary)}\n`);
    process.exitCode = COULD_NOT;
  }
  process.stdout.write(
    command.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : operationText(report, process.stdout.columns ?? DEFAULT_WIDTH),
  );
}

function requester(): Requester {
  return { requestedBy: `${userName()} at a shell on ${hostname()}`, requestId: `shell ${randomUUID()}` };
}

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
