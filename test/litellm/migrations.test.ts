import { array, assert as check, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrationVersion } from '../../lambda/litellm/migrations.ts';

const BASELINE = '20250326162113_baseline';
const ROUTER_SETTINGS = '20260107111013_add_router_settings_to_keys_teams';
/** An early name that a late version ships. */
const MISLEADING = '20251219110931_add_deleted_keys_and_deleted_teams_tables';

describe('migrationVersion', () => {
  it('finds the highest first version, wherever it stands and however it is named', () => {
    const version = migrationVersion([MISLEADING, ROUTER_SETTINGS, BASELINE]);

    expect(version).toEqual({ version: '1.80.17', unknownNames: 0, newerThanKnown: false });
  });

  it('compares versions as versions, not as text', () => {
    const version = migrationVersion([
      '20260205144610_add_soft_budget_to_team_table',
      '20260214163027_add_pipeline_to_policy_table',
    ]);

    expect(version?.version).toBe('1.81.12');
  });

  it('says that the version is newer when a name is not known', () => {
    const version = migrationVersion([
      BASELINE,
      '20990101000000_new',
      '20990101000000_new',
      '20260101000000_of_somebody_else',
    ]);

    expect(version).toEqual({ version: '1.65.1', unknownNames: 2, newerThanKnown: true });
  });

  it('does not take an unknown name of an earlier date for a newer version', () => {
    const version = migrationVersion([BASELINE, '20260101000000_of_somebody_else', 'no_date']);

    expect(version).toEqual({ version: '1.65.1', unknownNames: 2, newerThanKnown: false });
  });

  it('knows nothing when no name is known', () => {
    expect(migrationVersion([])).toBeNull();
    expect(migrationVersion(['constructor', '__proto__'])).toBeNull();
  });

  it('never throws, and the order does not matter', () => {
    check(
      property(array(oneof(constantFrom(BASELINE, ROUTER_SETTINGS, MISLEADING), string())), (names) => {
        expect(migrationVersion(names)).toEqual(migrationVersion(names.toReversed()));
      }),
    );
  });
});
