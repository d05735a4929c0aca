import { describe, expect, it } from 'vitest';
import { hasRouterColumns, routerEffect, unknownEffect } from '../../lambda/litellm/router-effect.ts';
import { parseLitellmVersion } from '../../lambda/litellm/version.ts';

describe('routerEffect', () => {
  it.each([
    ['0.1.2', 'shared-router', 'no-column', undefined],
    ['1.80.12', 'shared-router', 'no-column', undefined],
    ['1.80.13', 'shared-router', 'ignored', undefined],
    ['1.80.14', 'shared-router', 'ignored', undefined],
    ['1.80.15', 'per-request-router', 'per-request-router', undefined],
    ['1.80.16', 'per-request-router', 'per-request-router', undefined],
    ['1.80.17', 'per-request-router', 'per-request-router', undefined],
    ['1.81.0', 'per-request-router', 'per-request-router', undefined],
    ['1.81.5-stable.1', 'per-request-router', 'per-request-router', undefined],
    ['1.81.6', 'shared-router', 'ignored', undefined],
    ['1.81.7', 'shared-router', 'ignored', undefined],
    ['1.81.8', 'shared-router', 'ignored', undefined],
    ['1.81.9', 'shared-router', 'normal-feature', undefined],
    ['1.110.2', 'shared-router', 'normal-feature', undefined],
    ['1.110.3', 'shared-router', 'normal-feature', 'medium'],
    ['1.111.0', 'shared-router', 'normal-feature', 'medium'],
    ['2.0.0', 'shared-router', 'normal-feature', 'medium'],
  ])('gives for %s: global %s, team and key %s', (text, global, scoped, confidence) => {
    const version = parseLitellmVersion(text);

    const effects = (['global', 'team', 'key'] as const).map((level) => routerEffect(version, level));

    expect(effects.map(({ kind }) => kind)).toEqual([global, scoped, scoped]);
    expect(effects.map(({ uncertainty }) => uncertainty?.confidence)).toEqual([confidence, confidence, confidence]);
  });

  it.each(['1.81.6rc1', '1.81.9-nightly', '1.80.15.dev1'])('is less certain of %s than of its release', (text) => {
    const effect = routerEffect(parseLitellmVersion(text), 'global');

    expect(effect.uncertainty).not.toBeNull();
  });

  it.each(['1.81.4rc1', '1.80.16rc1'])('is certain of the candidate %s, whose release acts the same', (text) => {
    const effect = routerEffect(parseLitellmVersion(text), 'global');

    expect(effect).toEqual({ kind: 'per-request-router', uncertainty: null });
  });

  it('is unknown for no version', () => {
    const effect = routerEffect(null, 'global');

    expect(effect).toEqual(unknownEffect('The LiteLLM version that runs is not known.'));
  });
});

describe('hasRouterColumns', () => {
  it.each([
    ['1.80.12', false],
    ['1.80.13rc1', true],
    ['1.80.13', true],
  ])('gives for %s: %s', (text, expected) => {
    const version = parseLitellmVersion(text);

    expect(version && hasRouterColumns(version)).toBe(expected);
  });
});
