/** A filter pattern that CloudWatch Logs would refuse, or that is of a kind this stand-in does not know. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

interface Term {
  readonly kind: 'required' | 'optional' | 'excluded';
  readonly text: string;
}

/** `term`, `"a phrase"`, `?term`, `-term`: what is not a letter, a digit or an underscore has to be in quotes. */
const TERM = /^([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)\s*/;
/** Of a metric filter, in characters: CloudWatch Logs API reference, PutMetricFilter. */
const LONGEST = 1024;

/**
 * A pattern for unstructured log events, as metric filters have it (CloudWatch Logs user guide, "Filter pattern syntax"): a line matches if it
 * has every required term, none of the excluded ones and, where there are optional ones, any of these. Capital letters matter. JSON lines are text.
 * @throws FilterPatternError
 */
export function filterMatcher(pattern: string): (line: string) => boolean {
  const terms = parse(pattern);
  const has = (kind: Term['kind']) => terms.filter((term) => term.kind === kind);
  const [required, optional, excluded] = [has('required'), has('optional'), has('excluded')];
  // With a required term, CloudWatch ignores optional ones, which nobody can mean.
  if (required.length > 0 && optional.length > 0) {
    throw new FilterPatternError('A required term makes optional ones useless.');
  }
  return (line) => {
    const found = ({ text }: Term) => line.includes(text);
    return required.every(found) && !excluded.some(found) && (optional.length === 0 || optional.some(found));
  };
}

function parse(pattern: string): readonly Term[] {
  if (pattern.length > LONGEST) throw new FilterPatternError(`The pattern is longer than ${LONGEST} characters.`);
  const terms: Term[] = [];
  for (let rest = pattern.trim(); rest !== ''; ) {
    const [all, sign, phrase, word] = TERM.exec(rest) ?? [];
    if (all === undefined) throw new FilterPatternError(`There is no term at ${JSON.stringify(rest)}.`);
    const text = phrase === undefined ? (word ?? '') : phrase.replaceAll(/\\(.)/g, '$1');
    terms.push({ kind: sign === '?' ? 'optional' : sign === '-' ? 'excluded' : 'required', text });
    rest = rest.slice(all.length);
  }
  return terms;
}
