import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

const HELP = `Replaces the positions in a logged stack of the function by those in the source.

  npm run --silent stack -- [--bundle FOLDER] [FILE]

FILE is any text with the stack in it, such as a line of the log; without one it is read from standard input. Without --bundle the code is
bundled as it is checked out, so check out the commit that is deployed first. --bundle takes the code that is deployed:

  curl -o code.zip "$(aws lambda get-function --function-name litellm-db-auditor-prod --query Code.Location --output text)"
  unzip -d code code.zip
  npm run --silent stack -- --bundle code stack.txt
`;
const POSITION = /(?:file:\/\/)?(\/(?:[^\s()"':/]+\/)*)?([\w.-]+\.mjs):(\d+):(\d+)/g;
/** Lambda's own code, which has an index.mjs too. */
const RUNTIME = '/var/runtime/';

const { values, positionals } = parseArgs({
  options: { bundle: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
if (values.help) process.stdout.write(HELP);
else {
  const [file] = positionals;
  const log = file === undefined ? await text(process.stdin) : readFileSync(file, 'utf8');
  if (values.bundle === undefined) await withCheckedOutBundle((bundle) => printWithSources(log, bundle));
  else printWithSources(log, values.bundle);
}

async function withCheckedOutBundle(use: (bundle: string) => void): Promise<void> {
  // It brings the CDK along, which takes a second to load.
  const { buildBundle } = await import('../infra/bundle.ts');
  const bundle = mkdtempSync(join(tmpdir(), 'litellm-db-auditor-stack-'));
  try {
    buildBundle(bundle);
    use(bundle);
  } finally {
    rmSync(bundle, { recursive: true });
  }
}

function printWithSources(log: string, bundle: string): void {
  // In a line of the log the stack is a JSON string.
  const lines = log.replaceAll('\\n', '\n');
  const maps = new Map<string, TraceMap | undefined>();
  const mapped = lines.replace(
    POSITION,
    (position, folder: string | undefined, file: string, line: string, column: string) => {
      if (folder === RUNTIME) return position;
      if (!maps.has(file)) maps.set(file, sourceMap(join(bundle, `${file}.map`)));
      return sourcePosition(maps.get(file), Number(line), Number(column)) ?? position;
    },
  );
  process.stdout.write(mapped);
  const foreign = [...maps].filter(([, map]) => map === undefined).map(([file]) => file);
  if (foreign.length === 0) return;
  console.error(`The bundle has no map of ${foreign.join(', ')}: the stack is from another version of the code.`);
  process.exitCode = 1;
}

function sourceMap(path: string): TraceMap | undefined {
  return existsSync(path) ? new TraceMap(readFileSync(path, 'utf8')) : undefined;
}

/** V8 counts columns from 1, source maps count them from 0. */
function sourcePosition(map: TraceMap | undefined, line: number, column: number): string | undefined {
  const found = map && originalPositionFor(map, { line, column: column - 1 });
  return found?.source ? `${found.source}:${found.line}:${found.column + 1}` : undefined;
}
