import { describe, expect, it } from 'vitest';
import { previousOf } from '../../lambda/snapshot/previous.ts';
import { failed, healthySnapshot, litellm, seen, sessionGroup, sessions, TAKEN_AT } from '../snapshots.ts';

describe('what a later audit compares with', () => {
  it('is of the server, its sessions and the counters', () => {
    expect(previousOf(healthySnapshot())).toEqual({
      tables: {
        at: TAKEN_AT,
        deadlocks: 0,
        statsReset: null,
        tables: [{ name: 'LiteLLM_SpendLogs', rowsInserted: 1000, rowsDeleted: 0 }],
      },
      takenAt: TAKEN_AT,
      serverStartedAt: '2026-11-01T00:00:00.000Z',
      litellmSchema: 'public',
      sessions: 20,
      holders: [
        { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.17', application: '', sessions: 10 },
        { user: 'litellm', database: 'litellm', clientAddress: '10.0.3.18', application: '', sessions: 10 },
      ],
      holderCount: 2,
      activity: { at: TAKEN_AT, configScans: 100, spendLogRows: 100, statsReset: null },
    });
  });

  it('has each holder once, the largest first, whatever the state of its sessions, and none that is hidden', () => {
    const groups = [
      sessionGroup({ count: 3 }),
      sessionGroup({ count: 2, state: 'active' }),
      sessionGroup({ user: 'dify', count: 9 }),
      sessionGroup({ application: 'psql', count: 1 }),
      sessionGroup({ state: null, clientAddress: null, count: 7 }),
    ];

    const { holders, sessions: total } = previousOf(
      healthySnapshot({ sources: { sessions: seen(sessions({ groups })) } }),
    );

    expect(holders.map(({ user, application, sessions }) => [user, application, sessions])).toEqual([
      ['dify', '', 9],
      ['litellm', '', 5],
      ['litellm', 'psql', 1],
    ]);
    expect(total).toBe(22);
  });

  it('says that holders are missing when the list of sessions was cut, or has too many', () => {
    const many = Array.from({ length: 250 }, (_, index) =>
      sessionGroup({ clientAddress: `10.1.${index}.1`, count: 1 }),
    );
    const of = (source: Parameters<typeof sessions>[0]) =>
      previousOf(healthySnapshot({ sources: { sessions: seen(sessions(source)) } }));

    expect(of({ groupCount: 300 }).holderCount).toBe(300);
    expect(of({ groups: many })).toMatchObject({ holderCount: 250, holders: { length: 200 } });
  });

  it('is null where nothing was seen', () => {
    const nothing = { server: failed('timeout'), sessions: failed('timeout'), litellm: failed('timeout') };

    expect(previousOf(healthySnapshot({ sources: nothing }))).toMatchObject({
      serverStartedAt: null,
      litellmSchema: null,
      sessions: null,
      holders: [],
      holderCount: 0,
      activity: null,
    });
    const uncounted = seen(litellm({ activity: { state: 'not-seen' } }));
    expect(previousOf(healthySnapshot({ sources: { litellm: uncounted } })).activity).toBeNull();
  });
});
