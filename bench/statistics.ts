/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Runs two functions alternately, A B A B ..., after one run of each that is not counted. Returns what each run took, in milliseconds. */
export async function alternate(
  runs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ readonly a: readonly number[]; readonly b: readonly number[] }> {
  await a();
  await b();
  const times: { a: number[]; b: number[] } = { a: [], b: [] };
  for (let run = 0; run < runs; run++) {
    times.a.push(await a());
    times.b.push(await b());
  }
  return times;
}

/** One line for people: the ratio of the medians, the limit, and the medians themselves. */
export function ratioLine(
  name: string,
  limit: number,
  { a, b }: { readonly a: readonly number[]; readonly b: readonly number[] },
  baseline: string,
): string {
  const ratio = median(a) / median(b);
  return `${name}: ${ratio.toFixed(2)} of ${baseline} (limit ${limit}; medians ${median(a).toFixed(0)} ms and ${median(b).toFixed(0)} ms of ${a.length} runs each, alternating)`;
}
