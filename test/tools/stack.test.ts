import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBundle } from '../../infra/bundle.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STACK = join(ROOT, 'tools', 'stack.ts');
const LATE = `interface Reason { readonly text: string }
const fail = (reason: Reason): never => {
  throw new RangeError(reason.text);
};
export const late = (): never => fail({ text: 'late' });
`;

const folder = mkdtempSync(join(tmpdir(), 'auditor-stack-test-'));
const small = join(folder, 'small');
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => {
  mkdirSync(small);
  writeFileSync(join(folder, 'handler.ts'), "export const handler = async () => (await import('./late.ts')).late();\n");
  writeFileSync(join(folder, 'late.ts'), LATE);
  buildBundle(small, { root: folder, entry: 'handler.ts' });
});

/** What the handler in a bundle throws for an event. */
function thrownStack(bundle: string, event: unknown): string {
  const script = `const {handler} = await import('${pathToFileURL(join(bundle, 'index.mjs')).href}');
    await handler(${JSON.stringify(event)}, {}).catch((error) => process.stdout.write(error.stack));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env: {} });
  return stdout.slice(stdout.indexOf('Error: '));
}

function stack(args: readonly string[], input: string) {
  return spawnSync(process.execPath, [STACK, ...args], { encoding: 'utf8', input });
}

describe('npm run stack', () => {
  it('names the source lines of an error thrown in a bundled function, given the bundle', () => {
    const thrown = thrownStack(small, {});

    const { stdout, status } = stack(['--bundle', small], thrown);

    expect(thrown).toMatch(/late-\w+\.mjs:\d+:\d+/);
    expect(stdout).toMatch(/late\.ts:3:9\)?\n.*late\.ts:5:34\)?\n.*handler\.ts:1:\d+/);
    expect(status).toBe(0);
  });

  it('reads a file, and the frames inside a JSON line of the log', () => {
    const log = join(folder, 'log.json');
    const thrown = thrownStack(small, {}).replaceAll(`${pathToFileURL(small).href}/`, 'file:///var/task/');
    writeFileSync(log, JSON.stringify({ level: 'ERROR', stack: thrown }));

    const { stdout } = stack(['--bundle', small, log], '');

    expect(stdout).toMatch(/\n {4}at .*late\.ts:3:9\)?\n/);
    expect(stdout).not.toContain('/var/task');
  });

  it("bundles the code that is checked out when no bundle is given, which maps the shipped function's frames", () => {
    const shipped = join(folder, 'shipped');
    mkdirSync(shipped);
    buildBundle(shipped);

    const { stdout, status } = stack([], thrownStack(shipped, {}));

    const [, source = '', line = ''] = /(lambda\/[\w/-]+\.ts):(\d+):\d+/.exec(stdout) ?? [];
    expect(readFileSync(join(ROOT, source), 'utf8').split('\n')[Number(line) - 1]).toContain(
      'throw new SettingsError(',
    );
    expect(status).toBe(0);
  });

  it("leaves alone the frames of Lambda's runtime and of Node", () => {
    const ours = thrownStack(small, {}).replaceAll(pathToFileURL(small).href, 'file:///var/runtime');
    const frames = `${ours}\n    at node:internal/main/eval_stdin:1:5\n`;

    const { stdout, status } = stack(['--bundle', small], frames);

    expect(stdout).toBe(frames);
    expect(status).toBe(0);
  });

  it('fails and names the file when the stack is of another bundle', () => {
    const frames = '    at a (file:///var/task/chunk-OTHER.mjs:1:5)\n';

    const { stdout, stderr, status } = stack(['--bundle', small], frames);

    expect(stdout).toBe(frames);
    expect(stderr).toContain('chunk-OTHER.mjs');
    expect(status).toBe(1);
  });
});
