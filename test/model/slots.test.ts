import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criticalBelow, headroomStatus, type SlotUse, slotUse } from '../../lambda/model/slots.ts';
import { server, sessionGroup, sessions, settingsFor } from '../snapshots.ts';

describe('slotUse', () => {
  it('subtracts all three reservations from max_connections', () => {
    const full = server({ maxConnections: 100, reserved: { superuser: 3, rds: 2, role: 5 } });

    const use = slotUse(full, sessions({ groups: [sessionGroup({ count: 80 })] }));

    expect(use).toEqual({ usable: 90, used: 80, free: 10, usedPercent: 88 });
  });

  it('never shows fewer than no free slots', () => {
    const use = slotUse(server(), sessions({ groups: [sessionGroup({ count: 57 })] }));

    expect(use).toEqual({ usable: 55, used: 57, free: 0, usedPercent: 103 });
  });

  it('counts as full when the reservations leave nothing', () => {
    const use = slotUse(server({ maxConnections: 4 }), sessions({ groups: [] }));

    expect(use).toEqual({ usable: 0, used: 0, free: 0, usedPercent: 100 });
  });

  it('counts by the larger count when sessions are hidden', () => {
    const seen = sessions({ hidden: 5 });

    const larger = slotUse(server({ totalBackends: 33 }), seen);
    const smaller = slotUse(server({ totalBackends: 3 }), seen);

    expect([larger.used, smaller.used]).toEqual([33, 20]);
  });

  it("leaves PostgreSQL's own workers out when every session is seen", () => {
    const use = slotUse(server({ totalBackends: 33 }), sessions());

    expect(use.used).toBe(20);
  });
});

/** So many of these usable slots used. */
function using(used: number, usable: number): SlotUse {
  const groups = used === 0 ? [] : [sessionGroup({ count: used })];
  return slotUse(server({ maxConnections: usable + 5 }), sessions({ groups }));
}

describe('headroomStatus', () => {
  it.each([
    [0, 100, 'ok'],
    [79, 100, 'ok'],
    [80, 100, 'warning'],
    [89, 100, 'warning'],
    [90, 100, 'critical'],
    [140, 100, 'critical'],
    [799, 1000, 'ok'],
    [0, 10, 'ok'],
    [1, 10, 'critical'],
    [0, 9, 'critical'],
  ])('is, for %i of %i usable slots, %s', (used, usable, status) => {
    expect(headroomStatus(using(used, usable), settingsFor())).toBe(status);
  });

  it('follows the limits of the settings', () => {
    const strict = settingsFor({ headroomWarningPercent: 10, headroomCriticalPercent: 20, headroomMinimumSlots: 0 });
    const roomy = settingsFor({ headroomMinimumSlots: 60 });

    expect([using(9, 100), using(10, 100), using(20, 100)].map((use) => headroomStatus(use, strict))).toEqual([
      'ok',
      'warning',
      'critical',
    ]);
    expect([using(40, 100), using(41, 100)].map((use) => headroomStatus(use, roomy))).toEqual(['ok', 'critical']);
  });
});

describe('criticalBelow', () => {
  it('is the number of free slots below which the headroom is critical, for any limits', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 500 }),
        fc.nat({ max: 600 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat({ max: 100 }),
        (usable, used, headroomCriticalPercent, headroomMinimumSlots) => {
          const settings = settingsFor({ headroomCriticalPercent, headroomMinimumSlots });
          const use = using(used, usable);

          const isCritical = headroomStatus(use, settings) === 'critical';

          expect(use.free < criticalBelow(usable, settings)).toBe(isCritical);
        },
      ),
    );
  });
});
