import type { Advice } from '../../core/finding.ts';
import { counted, listed, shellWord } from '../../core/text.ts';
import type { RdsInstance, RdsSource } from '../../snapshot/snapshot.ts';
import type { CheckResult } from '../check.ts';
import { result } from '../result.ts';

const DAY_MS = 86_400_000;

interface Ending {
  readonly what: string;
  readonly validTill: string;
  /** Whole days, rounded down; below 0 once it has ended. */
  readonly daysLeft: number;
}

/** Judges how long an instance's server certificate and its CA last: nothing when both do. */
export function certificateConcern(
  instance: RdsInstance,
  rds: RdsSource,
  {
    takenAt,
    warningDays,
    region,
  }: { readonly takenAt: string; readonly warningDays: number; readonly region: string | undefined },
): readonly CheckResult[] {
  const subject = `instance ${instance.identifier}: certificate`;
  const authority = rds.certificateAuthorities.find(({ identifier }) => identifier === instance.caIdentifier);
  const endings = [
    ...endingOf('server certificate', instance.certificateValidTill, takenAt),
    ...endingOf(`CA ${instance.caIdentifier}`, authority?.validTill, takenAt),
  ];
  if (endings.length === 0) {
    return [
      result({
        status: 'unknown',
        subject,
        summary: `RDS did not say when the certificate of ${instance.identifier} ends.`,
        evidence: { caIdentifier: instance.caIdentifier },
        advice: [{ text: 'Allow rds:DescribeCertificates, or look:', command: 'aws rds describe-certificates' }],
      }),
    ];
  }
  const soon = endings.filter(({ daysLeft }) => daysLeft < warningDays);
  if (soon.length === 0) return [];
  return [
    result({
      status: soon.some(({ daysLeft }) => daysLeft < 0) ? 'critical' : 'warning',
      subject,
      summary: `Of ${instance.identifier}, ${listed(soon.map(endingText))}.`,
      evidence: {
        caIdentifier: instance.caIdentifier,
        endings: soon.map(({ what, validTill, daysLeft }) => ({ what, validTill, daysLeft })),
      },
      advice: adviceOf(instance.identifier, region),
    }),
  ];
}

function endingOf(what: string, validTill: string | null | undefined, takenAt: string): readonly Ending[] {
  const daysLeft = Math.floor((Date.parse(validTill ?? '') - Date.parse(takenAt)) / DAY_MS);
  return validTill && Number.isFinite(daysLeft) ? [{ what, validTill, daysLeft }] : [];
}

function endingText({ what, validTill, daysLeft }: Ending): string {
  const day = validTill.slice(0, 10);
  return daysLeft < 0 ? `the ${what} ended on ${day}` : `the ${what} ends in ${counted(daysLeft, 'day')} (${day})`;
}

function adviceOf(identifier: string, region: string | undefined): readonly Advice[] {
  const place = region === undefined ? '' : ` --region ${shellWord(region)}`;
  return [
    {
      text: 'First give every client that verifies certificates the new CA: the global bundle holds all of them.',
      command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
    },
    {
      text: 'See which CAs there are, and whether changing them restarts this engine:',
      command: `aws rds describe-certificates${place}`,
    },
    {
      text: 'Then move the instance to a CA that lasts, at a quiet time:',
      command: `aws rds modify-db-instance${place} --db-instance-identifier ${shellWord(identifier)} --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately`,
    },
  ];
}
