import { counted, durationText } from '../../core/text.ts';
import type { GrowthShare } from '../../model/growth-share.ts';
import type { Trend } from '../../model/trend/classify.ts';
import type { Forecast } from './forecast.ts';

/** A trend of enough points. */
export type KnownTrend = Exclude<Trend, { readonly kind: 'too-few-points' }>;

/** What the connections did, in words. */
export function trendText({ kind, windowHours, recent, jumps }: KnownTrend): string {
  const level = `${Math.round(recent.toLevel)}`;
  const window = span(windowHours);
  switch (kind) {
    case 'flat':
      return `Connections have stayed near ${level} for ${window}`;
    case 'falling':
      return `Connections have fallen to ${level} within ${window}`;
    case 'step': {
      const last = jumps.at(-1);
      const step = last
        ? ` from ${Math.round(last.fromLevel)} to ${Math.round(last.toLevel)} at ${clock(last.time)}`
        : '';
      return `Connections changed in a step${step}, as after a deploy or a restart, and have not grown since`;
    }
    case 'periodic':
      return `Connections rise and fall back within ${window}, as a day's load does; they are at ${level}`;
    case 'growing':
      return `Connections have grown by ${perHour(recent.slope.perHour)} for ${span(recent.hours)}, to ${level}`;
    case 'sawtooth': {
      const resets = jumps.filter((jump) => jump.toLevel < jump.fromLevel).length;
      return `Connections grow by ${perHour(recent.slope.perHour)}, to ${level}, after ${counted(resets, 'reset')} within ${window}, as after restarts`;
    }
  }
}

/** Where the connections end. */
export interface Ceiling {
  readonly slots: number;
  /** PostgreSQL is full already. */
  readonly isFull: boolean;
}

/** Whose sessions the rise is made of, where that shows; empty for a trend that does not rise. */
export function grownByText({ kind }: KnownTrend, share: GrowthShare | null): string {
  if ((kind !== 'growing' && kind !== 'sawtooth') || share === null || share === 'unclear') return '';
  return share === 'litellm' ? ", by LiteLLM's sessions" : ", by sessions that are not LiteLLM's";
}

/** When the slots run out, with the forecast's uncertainty; empty for a trend that does not rise. */
export function forecastText({ kind }: KnownTrend, forecast: Forecast | null, ceiling: Ceiling | null): string {
  if (kind !== 'growing' && kind !== 'sawtooth') return '';
  if (ceiling === null) return '; how many slots there are was not seen';
  if (ceiling.isFull) return ', and PostgreSQL is full now';
  if (forecast === null) return `; the ${ceiling.slots} usable slots last for over a week at that rate`;
  const { hours, earliestHours, latestHours } = forecast;
  const latest = latestHours === null ? 'over a week' : span(latestHours);
  const unless = kind === 'sawtooth' ? ', unless it is reset before that' : '';
  return `; the ${ceiling.slots} usable slots run out in ${span(hours)} (between ${span(earliestHours)} and ${latest})${unless}`;
}

function span(hours: number): string {
  return durationText(hours * 3600);
}

function perHour(slope: number): string {
  return `${slope.toFixed(1)} per hour`;
}

function clock(time: number): string {
  return `${new Date(time).toISOString().slice(11, 16)} UTC`;
}
