import type { Event } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { Parameters } from './query-protocol.ts';
import { rdsXml } from './rds-xml.ts';
import type { XmlElements } from './xml.ts';

const MINUTE_MS = 60_000;
/** RDS keeps events for 14 days. */
const KEPT_MINUTES = 14 * 24 * 60;

const parametersSchema = z.strictObject({
  SourceIdentifier: z.string().min(1).optional(),
  SourceType: z
    .enum([
      'db-instance',
      'db-parameter-group',
      'db-security-group',
      'db-snapshot',
      'db-cluster',
      'db-cluster-snapshot',
      'custom-engine-version',
      'db-proxy',
      'blue-green-deployment',
    ])
    .optional(),
  StartTime: z.iso.datetime().optional(),
  EndTime: z.iso.datetime().optional(),
  Duration: z.coerce.number().int().min(1).max(KEPT_MINUTES).default(60),
  EventCategories: z.strictObject({ EventCategory: z.record(z.string(), z.string()) }).optional(),
  MaxRecords: z.coerce.number().int().min(20).max(100).default(100),
  Marker: z.coerce.number().int().min(0).default(0),
});

/**
 * DescribeEvents over the events of the last 14 days, oldest first: those of the last hour unless another time is asked for. A name that RDS does not
 * know has none.
 * @throws AwsError for what RDS refuses
 */
export function describeEvents(events: readonly Event[], parameters: Parameters): XmlElements {
  const parsed = parametersSchema.safeParse(parameters);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AwsError('InvalidParameterValue', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { SourceIdentifier, SourceType, StartTime, EndTime, Duration, EventCategories, MaxRecords, Marker } =
    parsed.data;
  if (SourceIdentifier !== undefined && SourceType === undefined) {
    throw new AwsError('InvalidParameterCombination', 'If SourceIdentifier is specified, SourceType must also be.');
  }
  const end = EndTime === undefined ? Date.now() : Date.parse(EndTime);
  const start = StartTime === undefined ? end - Duration * MINUTE_MS : Date.parse(StartTime);
  const categories = Object.values(EventCategories?.EventCategory ?? {});
  const chosen = events
    .filter(({ Date: at }) => at !== undefined && at.getTime() >= start && at.getTime() <= end)
    .filter((event) => SourceType === undefined || event.SourceType === SourceType)
    .filter((event) => SourceIdentifier === undefined || event.SourceIdentifier === SourceIdentifier.toLowerCase())
    .filter((event) => categories.length === 0 || event.EventCategories?.some((one) => categories.includes(one)))
    .toSorted((a, b) => Number(a.Date) - Number(b.Date));
  const next = Marker + MaxRecords;
  return rdsXml({ Marker: next < chosen.length ? next : undefined, Events: chosen.slice(Marker, next) });
}
