/** `npm start`: a real audit of a real PostgreSQL, with everything that AWS would do on this machine. */
import { CleanUp } from './clean-up.ts';
import { readReport } from './report.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { HELP, OptionsError, parseOptions } from './terminal/options.ts';
import { Progress } from './terminal/progress.ts';
import { renderResults } from './terminal/results.ts';
import { detectStyle } from './terminal/style.ts';

/** The exit status that a shell gives a command ended by a signal: 128 plus the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

class Interrupted extends Error {
  readonly status: number;

  constructor(status: number) {
    super('Interrupted; everything is stopped.');
    this.status = status;
  }
}

async function main(): Promise<void> {
  const { scenario, json, help } = parseOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const { invocation, published } = await runAudit(scenario, new Progress(process.stderr));
  const report = readReport(invocation);
  process.stdout.write(
    json
      ? `${JSON.stringify(report, null, 2)}\n`
      : renderResults(report, published, invocation, detectStyle(process.stdout)),
  );
}

/** Everything is stopped when it resolves or rejects, so that nothing is left behind when a reader closes the pipe early. */
async function runAudit(scenario: Scenario, progress: Progress) {
  const interruption = new AbortController();
  for (const [signal, status] of Object.entries(SIGNALS)) {
    // Once: a second Ctrl-C ends the process at once.
    process.once(signal, () => interruption.abort(new Interrupted(status)));
  }
  const { signal } = interruption;
  const step = (what: string) => {
    signal.throwIfAborted();
    progress.step(what);
  };
  const cleanUp = new CleanUp();
  try {
    // Loaded here so that a wrong flag is reported at once.
    const { startScenario } = await import('./scenario.ts');
    const { endpoints, runtime } = await startScenario(scenario, { cleanUp, step, signal });
    step('Running the audit');
    const invocation = await Promise.race([runtime.invoke({ action: 'audit', notify: true }), whenAborted(signal)]);
    return { invocation, published: endpoints.sns.published };
  } catch (error) {
    // The signal may be the reason for the error: Ctrl-C reaches every process of the terminal.
    signal.throwIfAborted();
    throw error;
  } finally {
    progress.step('Stopping everything');
    await cleanUp.run();
    progress.end();
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

// The reader may close the pipe early, as `head` does.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof OptionsError ? 2 : error instanceof Interrupted ? error.status : 1;
});
