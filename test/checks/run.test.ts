import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Check, defineCheck, incident, notEvaluated, type Part } from '../../lambda/checks/check.ts';
import { CHECKS } from '../../lambda/checks/registry.ts';
import { runEach } from '../../lambda/checks/run.ts';
import { fingerprintOf, type Status } from '../../lambda/core/finding.ts';
import { buildModel, type Model } from '../../lambda/model/model.ts';
import type { Settings } from '../../lambda/settings/settings.ts';
import { evaluate, failed, healthySnapshot, settingsFor, textOf } from '../snapshots.ts';

afterEach(() => vi.restoreAllMocks());

function run(checks: readonly Check[], snapshot = healthySnapshot(), settings: Settings = settingsFor()) {
  return runEach(checks, snapshot, buildModel(snapshot, settings), settings);
}

/** A check with one result per status and subject. */
function checkThatSays(id: string, said: readonly (readonly [Status, string])[]) {
  return defineCheck({
    id,
    title: 'It holds.',
    kind: 'risk',
    needs: [],
    evaluate: () =>
      said.map(([status, subject]) => incident({ status, subject, summary: 'It was checked.', facts: { subject } })),
  });
}

/** A check that throws what is given. */
function checkThatThrows(id: string, thrown: unknown) {
  return defineCheck({
    id,
    title: 'It breaks.',
    kind: 'incident',
    needs: [],
    evaluate: () => {
      throw thrown;
    },
  });
}

/** What is written to stderr meanwhile. */
function captureLog(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([chunk]) => String(chunk)).join('');
}

describe('runChecks', () => {
  it('gives one ok finding per check, with no advice, when all is well', () => {
    const findings = evaluate(healthySnapshot());

    // Every version has known issues, if only small ones.
    const expected = CHECKS.map(({ id }) => [id, id === 'litellm-version' ? 'info' : 'ok']);
    expect(findings.map(({ checkId, status }) => [checkId, status])).toEqual(expect.arrayContaining(expected));
    expect(findings).toHaveLength(CHECKS.length);
    const ok = findings.filter(({ status }) => status === 'ok');
    expect(ok.filter(({ advice }) => advice.length > 0)).toEqual([]);
    expect(findings.filter(({ facts }) => facts === null)).toEqual([]);
  });
});

describe('runEach', () => {
  it('adds id, fingerprint and page', () => {
    const check = checkThatSays('some-check', [['ok', 'database prod']]);

    const [finding] = run([check], healthySnapshot(), settingsFor({ docsUrl: 'https://docs.example/checks' }));

    expect(finding).toMatchObject({
      checkId: 'some-check',
      fingerprint: fingerprintOf('some-check', 'database prod'),
      docs: 'https://docs.example/checks/some-check.md',
    });
  });

  it('sorts by status, then by check, then by subject', () => {
    const first = checkThatSays('z-first', [
      ['info', 'b'],
      ['warning', 'c'],
      ['warning', 'B'],
      ['info', 'a'],
    ]);
    const second = checkThatSays('a-second', [
      ['critical', 'x'],
      ['unknown', 'x'],
      ['warning', 'a'],
      ['ok', 'x'],
    ]);

    const findings = run([first, second]);

    expect(findings.map(({ status, checkId, subject }) => `${status} ${checkId} ${subject}`)).toEqual([
      'critical a-second x',
      'warning z-first B',
      'warning z-first c',
      'warning a-second a',
      'unknown a-second x',
      'info z-first a',
      'info z-first b',
      'ok a-second x',
    ]);
  });

  it('keeps the facts, and shows them as evidence unless the check says how', () => {
    const plain = checkThatSays('plain', [['ok', 'a']]);
    const described = {
      ...plain,
      evidence: ({ subject }: { readonly subject: string }) => ({ length: subject.length }),
    };

    const findings = run([plain, described as Check]);

    expect(findings).toMatchObject([
      { facts: { subject: 'a' }, evidence: { subject: 'a' } },
      { facts: { subject: 'a' }, evidence: { length: 1 } },
    ]);
  });

  it('gives the kind that the result states, and that of the check where it could not be made', () => {
    const open = defineCheck({
      id: 'open',
      title: 'It holds.',
      kind: 'risk',
      needs: [],
      evaluate: () => [notEvaluated({ subject: 'x', summary: 'It could not be checked.', evidence: { seen: 0 } })],
    });

    const findings = run([checkThatSays('made', [['critical', 'x']]), open]);

    expect(findings).toMatchObject([
      { checkId: 'made', kind: 'incident' },
      { checkId: 'open', kind: 'risk', facts: null, evidence: { seen: 0 } },
    ]);
  });

  it('hands every check the same model, and parts of it', () => {
    const models: Model[] = [];
    const topologies: unknown[] = [];
    const looking = (id: string) =>
      defineCheck({
        id,
        title: 'It looks.',
        kind: 'risk',
        needs: ['topology'],
        evaluate: ({ model, seen }) => {
          models.push(model);
          topologies.push(seen.topology);
          return [incident({ status: 'ok', subject: 'x', summary: 'It looked.', facts: {} })];
        },
      });
    const snapshot = healthySnapshot();
    const model = buildModel(snapshot, settingsFor());

    runEach([looking('one'), looking('two')], snapshot, model, settingsFor());

    expect(models.map((each) => each === model)).toEqual([true, true]);
    expect(topologies.map((each) => each === model.topology)).toEqual([true, true]);
  });

  it.each<readonly [string, Part]>([
    ['a source', 'sessions'],
    ['a derived part', 'topology'],
  ])(
    'is unknown, and says so in the log, when a check reads %s that it does not name and that is missing',
    (_what, part) => {
      const log = captureLog();
      const greedy: Check = {
        id: 'greedy',
        title: 'It reads all.',
        kind: 'risk',
        needs: ['server'],
        evaluate: ({ seen }) => [
          incident({ status: 'ok', subject: 'x', summary: `${Object.keys(seen[part]).length} fields.`, facts: {} }),
        ],
      };

      const findings = run([greedy], healthySnapshot({ sources: { sessions: failed('timeout') } }));

      expect(findings).toMatchObject([
        { kind: 'risk', status: 'unknown', summary: expect.stringContaining('The check greedy failed.') },
      ]);
      expect(JSON.parse(log())).toMatchObject({ part: 'check greedy', error: 'UndeclaredNeedError' });
    },
  );

  it('is unknown of a check that throws, names where to report it, and runs the others', () => {
    captureLog();

    const findings = run([checkThatThrows('broken', new Error('sk-secret')), checkThatSays('whole', [['ok', 'x']])]);

    expect(findings).toMatchObject([
      {
        checkId: 'broken',
        kind: 'incident',
        status: 'unknown',
        subject: 'database prod',
        facts: null,
        advice: [{ text: expect.stringMatching(/https:\/\/\S+\/issues .*"check broken"/) }],
      },
      { checkId: 'whole', status: 'ok' },
    ]);
    expect(textOf(findings)).not.toContain('sk-secret');
  });

  it.each<readonly [string, unknown, string]>([
    ['an error', new TypeError('sk-secret'), 'TypeError'],
    ['an error of several lines', new RangeError('first\nsk-secret\nlast'), 'RangeError'],
    ['an error that looks like a frame', new Error('x\n    at sk-secret (x)\n    at sk-secret (y.ts:1:2)'), 'Error'],
    ['a text', 'sk-secret', 'string'],
  ])('logs the check, the name and the place, never the message, when it throws %s', (_what, thrown, name) => {
    const log = captureLog();

    const findings = run([checkThatThrows('broken', thrown)]);

    expect(log()).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(log())).toMatchObject({ level: 'ERROR', part: 'check broken', error: name });
    expect(JSON.parse(log()).frames.length > 0).toBe(thrown instanceof Error);
    expect(`${log()} ${textOf(findings)}`).not.toContain('sk-secret');
  });
});
