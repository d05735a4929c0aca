/** The middle value, or the mean of the two in the middle; 0 for no values. */
export function median(values: Iterable<number>): number {
  return medianOfSorted(Float64Array.from(values).sort());
}

/** As `median`, for values that are in order already. */
export function medianOfSorted(sorted: Float64Array): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return lower + (upper - lower) / 2;
}
