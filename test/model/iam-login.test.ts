import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IamLogin } from '../../lambda/model/iam-login.ts';
import { buildModel } from '../../lambda/model/model.ts';
import type { ConnectionSource, SessionGroup, SessionsSource, SourceResult } from '../../lambda/snapshot/snapshot.ts';
import { failed, healthySnapshot, seen, sessionGroup, sessions, settingsFor, skipped } from '../snapshots.ts';

const BY_PASSWORD = sessionGroup({ iam: false });
const BY_TOKEN = sessionGroup({ iam: true });
/** A person, whose sessions say nothing about the proxy. */
const PERSON = sessionGroup({ user: 'alice', application: 'psql', iam: true, count: 40 });

/** What the model makes of these sessions, by how the auditor itself logged in. */
function loginFrom(
  source: SourceResult<SessionsSource>,
  authentication: ConnectionSource['authentication'] = 'iam',
): IamLogin {
  const connection = seen({
    host: 'prod.example.com',
    port: 5432,
    user: 'litellm_auditor',
    databaseName: 'litellm',
    authentication,
    tls: true,
  });
  // Without its metrics: their trend says nothing here and takes most of the time.
  const sources = { connection, sessions: source, cloudwatch: skipped('Not asked.') };
  return buildModel(healthySnapshot({ sources }), settingsFor()).iamLogin;
}

function useFrom(groups: readonly SessionGroup[], rest: Partial<SessionsSource> = {}): IamLogin['use'] {
  return loginFrom(seen(sessions({ groups, ...rest }))).use;
}

describe('whether LiteLLM logs in with IAM tokens', () => {
  it('is yes, with the user, when one of its sessions is of an IAM user', () => {
    const login = loginFrom(seen(sessions({ groups: [BY_PASSWORD, { ...BY_TOKEN, clientAddress: '10.0.3.18' }] })));

    expect(login).toEqual({ use: 'yes', words: 'yes: litellm' });
  });

  it('is no when all of its sessions are seen and none is of an IAM user', () => {
    expect(useFrom([BY_PASSWORD])).toBe('no');
  });

  it('is by its own sessions alone when a person logs in with a token', () => {
    expect(useFrom([BY_PASSWORD, { ...BY_PASSWORD, clientAddress: '10.0.3.18' }, PERSON])).toBe('no');
    expect(useFrom([PERSON])).toBe('not-seen');
  });

  it.each(['iam', 'password'] as const)(
    'is never no when sessions are hidden or cut off the list, and the auditor logs in by %s',
    (authentication) => {
      const partial = fc.oneof(
        fc.record({ hidden: fc.integer({ min: 1, max: 5000 }) }),
        fc.record({ groupCount: fc.integer({ min: 3, max: 5000 }) }),
      );
      fc.assert(
        fc.property(fc.subarray([BY_PASSWORD, PERSON]), partial, (groups, rest) => {
          expect(loginFrom(seen(sessions({ groups, ...rest })), authentication).use).toBe('not-seen');
        }),
      );
    },
  );

  it('is yes when sessions are hidden, and one that is seen is of an IAM user', () => {
    expect(useFrom([BY_TOKEN], { hidden: 12 })).toBe('yes');
  });

  it("is taken from the auditor's own login when LiteLLM holds no session", () => {
    expect(loginFrom(seen(sessions({ groups: [] })), 'password').use).toBe('no');
    expect(loginFrom(seen(sessions({ groups: [] })), 'iam').use).toBe('not-seen');
  });

  it("is taken from the auditor's own login when the sessions could not be read", () => {
    expect(loginFrom(failed('timeout'), 'password').use).toBe('no');
    expect(loginFrom(failed('timeout'), 'iam').use).toBe('not-seen');
  });
});
