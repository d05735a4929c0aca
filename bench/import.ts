import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { alternate, ratioLine } from './statistics.ts';

const RUNS = 15;
const LIMIT = 0.6;
const HANDLER = fileURLToPath(new URL('../lambda/handler.ts', import.meta.url));

/**
 * The duration of the import of the shipped bundle, against that of the same handler bundled with NodejsFunction's defaults (CommonJS, not
 * minified, esbuild's own mainFields for Node) and the SDK included.
 * @param bundle the shipped index.mjs
 */
export async function benchImport(bundle: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'litellm-db-auditor-bench-'));
  try {
    const baseline = join(folder, 'index.js');
    await build({
      entryPoints: [HANDLER],
      outfile: baseline,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      logLevel: 'error',
    });
    const times = await alternate(
      RUNS,
      () => importTime(bundle),
      () => importTime(baseline),
    );
    return ratioLine('Import of the shipped bundle', LIMIT, times, "NodejsFunction's defaults with the SDK included");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importTime(file: string): Promise<number> {
  const script = `const start = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - start);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}
