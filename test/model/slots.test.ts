import { describe, expect, it } from 'vitest';
import { slotUse } from '../../lambda/model/slots.ts';
import { server, sessionGroup, sessions } from '../snapshots.ts';

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
