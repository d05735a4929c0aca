const COUNTED = String.raw`(?:pod|worker|client|session|row|request|finding|line|limit|level|one|\d+)s?`;

/** Words that release 0.1.0 used in a sense of its own, and what the field writes instead; as patterns of whole words. */
const BANNED: Readonly<Record<string, string>> = {
  '(?:mend|mends|mended|mending)': 'fix',
  'look-ups?': 'lookup, query',
  'log-ins?': 'login',
  'time-outs?': 'timeout',
  'e-mails?': 'email',
  'set-up': 'setup',
  'start-up': 'startup',
  'rests? on': 'based on',
  'left over': 'leaked',
  'outliv(?:e|es|ed)': 'leaked',
  'in vain': 'failed',
  tells: 'shows, reports',
  'told (?:by|of|once)': 'published, reported',
  'says who': 'shows who',
  'too (?:few|quiet) to tell': 'too few to show',
  'look (?:what|who|whether|first)': 'see',
  '(?:most probable cause|probable as well)': 'Cause, Second problem',
  'how sure': 'Confidence',
  'do (?:first|then):': 'First, Then',
  'remed(?:y|ies)': 'purge, restore',
  'not to be had': 'timed out waiting for it',
  'gets? (?:a|no) connection any more': 'no new connections are possible',
  'starts anew': 'comes back',
  '(?:not |un)judged': 'not checked, not evaluated',
  'for (?:lack|want) of': 'without',
  'connection faults?': 'connection issue',
  'all the same': 'anyway',
  [`${COUNTED} an? (?:pod|worker|client|day|hour|request|minute|second)`]: 'per pod, per client, per hour',
};

// A hyphen belongs to the word: "set-up" is banned, and "set up" is a verb.
const PATTERNS = Object.entries(BANNED).map(([pattern, better]) => ({
  pattern: new RegExp(String.raw`(?<![\p{L}\p{N}_-])${pattern}(?![\p{L}\p{N}_-])`, 'giu'),
  better,
}));
const AROUND = 60;

/** The banned words in a text, each with what to write and with its surroundings. A line break counts as a blank. */
export function bannedIn(text: string): readonly string[] {
  const line = text.replaceAll(/\s+/g, ' ');
  return PATTERNS.flatMap(({ pattern, better }) =>
    [...line.matchAll(pattern)].map(
      ({ 0: word, index }) =>
        `"${word}" (better: ${better}) in: ${line.slice(Math.max(0, index - AROUND), index + AROUND)}`,
    ),
  );
}
