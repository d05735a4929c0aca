import type { CheckFinding } from '../../lambda/checks/registry.ts';
import { diagnose } from '../../lambda/diagnosis/diagnose.ts';
import { failureKindSchema } from '../../lambda/snapshot/schema/source.ts';
import { loadCase, NAMES, reportOf } from '../cases/cases.ts';
import { TWINS } from '../cases/twins.ts';
import { CONTRADICTIONS } from '../diagnosis/contradictions.ts';
import { ROWS } from '../diagnosis/rows.ts';
import { CONFIRMATIONS, SUPPORT } from '../diagnosis/support.ts';
import { findingsIn, type World } from '../diagnosis/world.ts';
import { evaluate, failed, healthySnapshot, rds, rdsInstance, seen, settingsFor } from '../snapshots.ts';

/** A command that a message gives to paste, and where it stands. */
export interface ShownCommand {
  readonly by: string;
  readonly command: string;
}

const WORLDS: readonly World[] = [
  ...Object.values(ROWS).flat(),
  ...Object.values(SUPPORT).flat(),
  ...Object.values(CONFIRMATIONS).flat(),
  ...Object.values(CONTRADICTIONS)
    .flat()
    .map(({ named, but }) => ({ ...named, ...but })),
  ...failureKindSchema.options.map((refused) => ({ refused })),
];

const AUTHORITY = { identifier: 'rds-ca-rsa2048-g1', validTill: '2061-05-21T23:33:24.000Z' };

/** What RDS can say of an instance, in the words of its API. */
const RDS_STATES = [
  rds({ iamAuthentication: false }),
  rds({ endpoint: 'another.example' }),
  rds({ instances: [], certificateAuthorities: [] }),
  ...[
    { status: 'stopped' },
    { status: "o'dd" },
    { parameterGroups: [{ name: 'group', applyStatus: 'pending-reboot' }] },
    { pendingModifications: ['dbInstanceClass'] },
    { certificateValidTill: '2026-11-30T00:00:00.000Z' },
    { certificateValidTill: null, caIdentifier: null },
  ].map((instance) => rds({ instances: [rdsInstance(instance)], certificateAuthorities: [AUTHORITY] })),
];

const EVERYWHERE: readonly (readonly CheckFinding[])[] = [
  ...WORLDS.map(findingsIn),
  ...RDS_STATES.map((state) => evaluate(healthySnapshot({ sources: { rds: seen(state) } }), settingsFor())),
  ...failureKindSchema.options.map((kind) =>
    evaluate(healthySnapshot({ sources: { connection: failed(kind) } }), settingsFor()),
  ),
];

/** Every command that the worlds of the tests, the cases and their twins show, each once. */
export function shownCommands(): readonly ShownCommand[] {
  const reports = [
    ...EVERYWHERE.map((findings) => ({ findings, causes: diagnose(findings).causes })),
    ...[...NAMES.map(loadCase), ...TWINS.map(({ of, snapshot }) => snapshot(loadCase(of)))]
      .map(reportOf)
      .map(({ findings, diagnosis: { causes } }) => ({ findings, causes })),
  ];
  const shown = reports.flatMap(({ findings, causes }) => [
    ...findings.flatMap(({ checkId, advice }) => advice.flatMap(({ command }) => ({ by: checkId as string, command }))),
    ...causes.flatMap(({ id, first: { command } }) => ({ by: `cause ${id}`, command })),
  ]);
  const commands = shown.flatMap(({ by, command }) => (command === undefined ? [] : [{ by, command }]));
  return [...new Map(commands.map((one) => [one.command, one])).values()];
}
