import type { Advice } from '../../core/finding.ts';
import { counted, listed, shellWord } from '../../core/text.ts';
import type { RdsInstance, RdsSource } from '../../snapshot/snapshot.ts';
import { type CheckResult, incident, notEvaluated, risk } from '../check.ts';
import type { Expiry, RdsFacts } from './facts.ts';

const DAY_MS = 86_400_000;

/**
 * How long an instance's server certificate and its CA last; nothing when both do. One that expires is a risk; one that has expired is an
 * incident, since clients that verify it are refused now.
 */
export function certificateConcern(
  instance: RdsInstance,
  rds: RdsSource,
  {
    takenAt,
    warningDays,
    region,
  }: { readonly takenAt: string; readonly warningDays: number; readonly region: string | undefined },
): readonly CheckResult<RdsFacts>[] {
  const subject = `instance ${instance.identifier}: certificate`;
  const authority = rds.certificateAuthorities.find(({ identifier }) => identifier === instance.caIdentifier);
  const expiries = [
    ...findExpiry('server certificate', instance.certificateValidTill, takenAt),
    ...findExpiry(`CA ${instance.caIdentifier}`, authority?.validTill, takenAt),
  ];
  if (expiries.length === 0) {
    return [
      notEvaluated({
        subject,
        summary: `RDS did not report when the certificate of ${instance.identifier} expires.`,
        evidence: { caIdentifier: instance.caIdentifier },
        advice: [{ text: 'Allow rds:DescribeCertificates, or see:', command: 'aws rds describe-certificates' }],
      }),
    ];
  }
  const soon = expiries.filter(({ daysLeft }) => daysLeft < warningDays);
  if (soon.length === 0) return [];
  const statement = {
    subject,
    summary: `On ${instance.identifier}, ${listed(soon.map(expiryText))}.`,
    facts: { caIdentifier: instance.caIdentifier, expiries: soon },
    advice: adviceOn(instance.identifier, region),
  };
  return soon.some(({ daysLeft }) => daysLeft < 0)
    ? [incident({ ...statement, status: 'critical' })]
    : [risk({ ...statement, status: 'warning' })];
}

function findExpiry(what: string, validTill: string | null | undefined, takenAt: string): readonly Expiry[] {
  const daysLeft = Math.floor((Date.parse(validTill ?? '') - Date.parse(takenAt)) / DAY_MS);
  return validTill && Number.isFinite(daysLeft) ? [{ what, validTill, daysLeft }] : [];
}

function expiryText({ what, validTill, daysLeft }: Expiry): string {
  const day = validTill.slice(0, 10);
  return daysLeft < 0 ? `the ${what} expired on ${day}` : `the ${what} expires in ${counted(daysLeft, 'day')} (${day})`;
}

function adviceOn(identifier: string, region: string | undefined): readonly Advice[] {
  const place = region === undefined ? '' : ` --region ${shellWord(region)}`;
  return [
    {
      text: 'First give the new CA to every client that verifies certificates. The global bundle holds all CAs:',
      command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
    },
    {
      text: 'See which CAs exist, and whether a change restarts this engine:',
      command: `aws rds describe-certificates${place}`,
    },
    {
      text: 'Then move the instance to a CA with a later expiry, at a quiet time:',
      command: `aws rds modify-db-instance${place} --db-instance-identifier ${shellWord(identifier)} --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately`,
    },
  ];
}
