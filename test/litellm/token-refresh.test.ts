import { describe, expect, it } from 'vitest';
import { refreshSteps, tokenRefresh } from '../../lambda/litellm/token-refresh.ts';
import { parseLitellmVersion } from '../../lambda/litellm/version.ts';

function refreshOf(version: string, override?: number) {
  return tokenRefresh(parseLitellmVersion(version), override);
}

describe('the refresh of an IAM token', () => {
  it.each([
    ['1.73.6', 900, 0, null],
    ['1.80.13', 900, 0, null],
    ['1.80.15', 720, 0, null],
    ['1.94.3', 720, 0, null],
    ['1.95.0', 720, 90, null],
    ['1.101.6', 720, 90, null],
    ['1.102.0', 720, 90, 3600],
    ['1.110.2', 720, 90, 3600],
  ])('is that of the version when it is %s', (version, seconds, drainSeconds, pooledSeconds) => {
    expect(refreshOf(version)).toEqual({ seconds, drainSeconds, pooledSeconds });
  });

  it('is the most patient one when the version is not known', () => {
    expect(tokenRefresh(null, undefined)).toEqual({ seconds: 900, drainSeconds: 90, pooledSeconds: 3600 });
  });

  it('is as short in all its parts as the one that is configured', () => {
    expect(refreshOf('1.102.0', 72)).toEqual({ seconds: 72, drainSeconds: 9, pooledSeconds: 360 });
  });

  it('leaves steps of any version, and of the configured time', () => {
    expect(refreshSteps(undefined)).toEqual([720, 900]);
    expect(refreshSteps(60)).toEqual([720, 900, 60]);
  });
});
