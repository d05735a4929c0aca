/** What tells a package from the one before: a file and a pattern that appears in it, or disappears from it. */
export interface Marker {
  readonly change: 'appears' | 'disappears';
  /** Inside the package: `litellm/proxy/utils.py`. */
  readonly file: string;
  readonly pattern: RegExp;
}

const FORM = /^([+-]) (\S+): (.+)$/;

/** Reads `+ litellm/proxy/utils.py: pattern` (appears) or `- FILE: PATTERN` (disappears); null for anything else. */
export function parseMarker(cell: string): Marker | null {
  const [, sign, file, pattern] = FORM.exec(cell) ?? [];
  if (sign === undefined || file === undefined || pattern === undefined) return null;
  try {
    return { change: sign === '+' ? 'appears' : 'disappears', file, pattern: new RegExp(pattern) };
  } catch {
    return null;
  }
}

/** Whether the texts of the file before and at a release show the marker's change; a file that is not there is null. */
export function showsChange({ change, pattern }: Marker, before: string | null, at: string | null): boolean {
  const seen = [before, at].map((text) => text !== null && pattern.test(text));
  return change === 'appears' ? !seen[0] && seen[1] === true : seen[0] === true && !seen[1];
}
