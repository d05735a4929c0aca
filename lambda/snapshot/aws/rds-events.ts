import type { RDS } from '@aws-sdk/client-rds';
import type { Target } from '../../settings/settings.ts';
import type { RdsSource } from '../snapshot.ts';
import { awsFailure } from './aws-failure.ts';

const DAY_MINUTES = 24 * 60;
const MOST_EVENTS = 100;

/**
 * What happened to the instance or cluster in the last day. Never rejects: a role of an earlier release may not read it, and everything else of RDS is
 * worth having all the same.
 */
export async function readEvents(
  rds: RDS,
  { kind, identifier }: NonNullable<Target['rds']>,
  options: { readonly abortSignal: AbortSignal },
): Promise<RdsSource['events']> {
  try {
    const { Events = [] } = await rds.describeEvents(
      {
        SourceType: kind === 'instance' ? 'db-instance' : 'db-cluster',
        SourceIdentifier: identifier,
        Duration: DAY_MINUTES,
        MaxRecords: MOST_EVENTS,
      },
      options,
    );
    return {
      state: 'seen',
      events: Events.flatMap(({ Date: at, EventCategories = [] }) =>
        at === undefined ? [] : [{ at: at.toISOString(), categories: EventCategories }],
      ),
    };
  } catch (error) {
    return { state: 'failed', failure: awsFailure(error, 'rds:DescribeEvents') };
  }
}
