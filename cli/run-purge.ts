import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { OperationResult, PurgeReport, Requester } from '../lambda/purge/operation.ts';
import { operationText } from '../lambda/purge/rendering.ts';
import { runOperation } from '../lambda/purge/run-operation.ts';
import { plainLine } from '../lambda/report/untrusted-text.ts';
import type { PurgeRequest } from '../lambda/settings/request.ts';
import { parsePurgeCommand, purgeHelp } from './purge-options.ts';
import { errorSentence } from './usage-error.ts';

/** Unknown in the convention of monitoring plugins (docs/architecture.md, "Contracts"): an operation is done or not done. */
const NOT_DONE = 3;
const SUCCEEDED: Readonly<Record<OperationResult, boolean>> = {
  done: true,
  'nothing-to-do': true,
  shown: true,
  refused: false,
  failed: false,
  'not-known': false,
};
/** Longer than all deadlines of both attempts together. */
const BUDGET_MS = 60_000;
const DEFAULT_WIDTH = 100;

/** Runs one command: its report on stdout. When it was not done: a sentence on stderr, and exit status 3. */
export function runPurgeCommand(action: PurgeRequest['action']): void {
  main(action).catch((error: unknown) => {
    process.stderr.write(`${errorSentence(error, `The command ${action}`)}\n`);
    process.exitCode = NOT_DONE;
  });
}

async function main(action: PurgeRequest['action']): Promise<void> {
  const command = parsePurgeCommand(action, process.argv.slice(2), process.env);
  if (command.kind === 'help') {
    process.stdout.write(purgeHelp(action));
    return;
  }
  const unsent = await runOperation(command.request, command.settings, {
    requester: currentUser(),
    mode: 'manual',
    enabled: true,
    budgetMs: BUDGET_MS,
  });
  const report: PurgeReport = { ...unsent, notification: { status: 'skipped', reason: 'Run from a shell.' } };
  if (!SUCCEEDED[report.result]) {
    process.stderr.write(`${plainLine(report.summary)}\n`);
    process.exitCode = NOT_DONE;
  }
  process.stdout.write(
    command.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : operationText(report, process.stdout.columns ?? DEFAULT_WIDTH),
  );
}

function currentUser(): Requester {
  return { requestedBy: `${userName()} at a shell on ${hostname()}`, requestId: `shell ${randomUUID()}` };
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
