/** Seconds from a time up to `now` (milliseconds since 1970), 0 for one still to come; null for a text that is no time. */
export function ageSeconds(time: string | null, now: number): number | null {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isFinite(at) && Number.isFinite(now) ? Math.max(0, Math.floor((now - at) / 1000)) : null;
}
