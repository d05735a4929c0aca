import { expect, it } from 'vitest';
import { withRecording } from './recording.ts';

it('gives a case the recorded source alone, with its times and addresses made those of the case', () => {
  const text = JSON.stringify({
    schemaVersion: 1,
    database: 'one',
    takenAt: '2026-11-24T12:00:00.000Z',
    sources: { server: { status: 'ok', value: { now: '2026-11-24T12:00:00.000000+00:00', host: '127.0.10.11' } } },
  });

  const merged = JSON.parse(
    withRecording(text, {
      sources: {
        locks: {
          status: 'ok',
          value: {
            sessions: [{ clientAddress: '127.0.10.11', stateSince: '2026-11-25T09:18:59.069335+00:00', pid: 7 }],
          },
        },
      },
      takenAt: '2026-11-25T09:19:04.000Z',
      addresses: new Map([['127.0.10.11', '172.21.0.1']]),
    }),
  );

  expect(merged.sources.locks.value.sessions).toEqual([
    { clientAddress: '172.21.0.1', stateSince: '2026-11-24T11:59:55.069335+00:00', pid: 7 },
  ]);
  expect({ ...merged, sources: { server: merged.sources.server } }).toEqual(JSON.parse(text));
});
