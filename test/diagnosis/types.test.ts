import { describe, expect, it } from 'vitest';
import { defineCheck, incident, notEvaluated, risk } from '../../lambda/checks/check.ts';
import type { FactsOf } from '../../lambda/checks/registry.ts';
import type { Severity } from '../../lambda/core/finding.ts';
import type { Cause } from '../../lambda/diagnosis/diagnosis.ts';
import { stated } from '../../lambda/diagnosis/facts.ts';
import { MESSAGES } from '../../lambda/diagnosis/messages.ts';
import { PLACEMENT } from '../../lambda/diagnosis/placement.ts';
import type { Rule } from '../../lambda/diagnosis/rules.ts';
import { bad, factsIn, fine, type Sign, seen } from '../../lambda/diagnosis/signs.ts';

/**
 * What has to be refused by the compiler. tsc fails on a line below that compiles, and each stands beside one that does, which differs only in what is
 * refused.
 */

type Placement = typeof PLACEMENT;
type Unplaced = Omit<Placement, 'user-config'>;
const ruleParts = { when: [], confirms: [], also: [], unless: [] };
const statement = { subject: 'database prod', summary: 'It is so.', facts: {} };

describe('a sign does not compile', () => {
  it('when it reads a fact that its check does not state', () => {
    bad('connection-leak', ({ leaked }) => leaked > 0);
    // @ts-expect-error -- it was renamed to leaked
    bad('connection-leak', ({ leftOver }) => leftOver > 0);
    // @ts-expect-error -- a fact of pool-budget
    seen('connection-leak', ({ steady }) => steady > 0);
    fine('per-request-router', ({ measured }) => measured);
    // @ts-expect-error -- stated only where it was measured
    fine('per-request-router', ({ configLookups }) => configLookups > 0);
    factsIn([], 'pool-budget').map(({ steady }) => steady);
    // @ts-expect-error -- a fact of connection-leak
    factsIn([], 'pool-budget').map(({ leaked }) => leaked);
  });

  it('when it reads a fact that no result of its check states', () => {
    bad('connection-leak', (facts) => stated(facts, 'login') === 'IAM');
    // @ts-expect-error -- it was renamed to login
    bad('connection-leak', (facts) => stated(facts, 'loginBy') === 'IAM');
    // @ts-expect-error -- there are two logins, and this is none of them
    bad('connection-leak', (facts) => stated(facts, 'login') === 'token');
  });

  it('when it takes a fact for another type than its check states', () => {
    bad('proxy-errors', ({ poolTimeouts }) => poolTimeouts > 0);
    // @ts-expect-error -- a number is no truth
    bad('proxy-errors', ({ poolTimeouts }) => poolTimeouts);
  });

  it('when it names a check that does not exist', () => {
    seen('connection-leak');
    // @ts-expect-error -- misspelled
    seen('conection-leak');
    // @ts-expect-error -- misspelled
    bad('conection-leak');
    // @ts-expect-error -- misspelled
    fine('conection-leak');
    // @ts-expect-error -- misspelled
    type Facts = FactsOf<'conection-leak'>;
    const facts: Facts[] = [];
    expect(facts).toEqual([]);
  });
});

describe('a rule does not compile', () => {
  it('when one of its signs reads a check that does not exist', () => {
    const known: Rule = { ...ruleParts, id: 'leaked-connections', when: [[bad('connection-leak')]] };
    // @ts-expect-error -- misspelled
    const unknown: Rule = { ...ruleParts, id: 'leaked-connections', when: [[bad('conection-leak')]] };
    const knownSign: Sign = { checkIds: ['connection-leak'], find: () => [] };
    // @ts-expect-error -- misspelled
    const unknownSign: Sign = { checkIds: ['conection-leak'], find: () => [] };
    expect([known.id, unknown.id]).toEqual(['leaked-connections', 'leaked-connections']);
    expect([knownSign, unknownSign]).toHaveLength(2);
  });

  it('when its cause does not exist, or has no rule', () => {
    const known: Rule = { ...ruleParts, id: 'slots-exhausted' };
    // @ts-expect-error -- misspelled
    const unknown: Rule = { ...ruleParts, id: 'slots-exhaused' };
    // @ts-expect-error -- it is what is named when no rule holds
    const without: Rule = { ...ruleParts, id: 'none-of-the-known' };
    // @ts-expect-error -- misspelled
    const named: Cause['id'] = 'slots-exhaused';
    expect([known, unknown, without, named]).toHaveLength(4);
  });

  it('when its cause has no messages', () => {
    const { 'slots-exhausted': _left, ...others } = MESSAGES;
    const all: typeof MESSAGES = { ...others, 'slots-exhausted': MESSAGES['slots-exhausted'] };
    // @ts-expect-error -- those of slots-exhausted are missing
    const some: typeof MESSAGES = others;
    expect(Object.keys(some)).toHaveLength(Object.keys(all).length - 1);
  });
});

describe('the placement of checks does not compile', () => {
  it('when a check is missing', () => {
    const others: Unplaced = PLACEMENT;
    const all: Placement = { ...others, 'user-config': { cause: true } };
    // @ts-expect-error -- user-config is missing
    const some: Placement = others;
    expect(some).toBe(PLACEMENT);
    expect(Object.keys(all)).toEqual(Object.keys(PLACEMENT));
  });

  it('when it names a check that does not exist', () => {
    const known: Placement = { ...PLACEMENT, 'user-config': { cause: true } };
    // @ts-expect-error -- misspelled
    const unknown: Placement = { ...PLACEMENT, 'user-confg': { cause: true } };
    expect(Object.keys(unknown)).toHaveLength(Object.keys(known).length + 1);
  });

  it('when it does not say why a check is no cause', () => {
    const told: Placement = { ...PLACEMENT, 'user-config': { cause: false, because: 'It is harmless.' } };
    // @ts-expect-error -- the reason is missing
    const silent: Placement = { ...PLACEMENT, 'user-config': { cause: false } };
    expect([told, silent]).toHaveLength(2);
  });
});

describe('a check does not compile', () => {
  it('when a risk is critical', () => {
    incident({ ...statement, status: 'critical' });
    risk({ ...statement, status: 'warning' });
    // @ts-expect-error -- at most a warning
    risk({ ...statement, status: 'critical' });
    const warning: Severity = { kind: 'risk', status: 'warning' };
    // @ts-expect-error -- at most a warning
    const critical: Severity = { kind: 'risk', status: 'critical' };
    expect([warning, critical]).toHaveLength(2);
  });

  it('when it reads a part that it does not need', () => {
    const check = defineCheck({
      id: 'reads',
      title: 'It reads what it needs.',
      kind: 'risk',
      needs: ['server', 'slots'],
      evaluate({ seen: parts }) {
        expect(parts.server.maxConnections).toBeGreaterThan(parts.slots.usable);
        // @ts-expect-error -- sessions is not among the needs
        expect(parts.sessions).toBeUndefined();
        // @ts-expect-error -- topology is not among the needs
        expect(parts.topology).toBeUndefined();
        return [];
      },
    });
    expect(check.needs).toEqual(['server', 'slots']);
  });

  it('when it needs a part that does not exist', () => {
    const parts = { id: 'needs', title: 'It needs what is there.', kind: 'risk', evaluate: () => [] } as const;
    defineCheck({ ...parts, needs: ['sessions'] });
    // @ts-expect-error -- misspelled
    defineCheck({ ...parts, needs: ['sesions'] });
  });

  it('when it says that it could not be made, and that something is wrong', () => {
    notEvaluated({ subject: 'database prod', summary: 'Not checked.', status: 'info' });
    // @ts-expect-error -- what was not seen is not bad
    notEvaluated({ subject: 'database prod', summary: 'Not checked.', status: 'warning' });
  });
});
