/** Controls and line or paragraph separators: what could break a line or drive a terminal. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Invisible or reordering characters (zero-width, bidi, tags), lone surrogates, and code points that no text may hold. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\p{Noncharacter_Code_Point}]/gu;
/** Stands in place of what is not shown, so that two names that differ never look the same. */
const REPLACEMENT = '\uFFFD';
const COMBINING_MARK = /\p{M}/gu;
const NOT_PRINTABLE_ASCII = /[^\x20-\x7E]/gu;
/** More of one text is not even looked at, in UTF-16 units. */
const LONGEST_READ = 10_000;

/** ASCII for the signs that our own sentences may hold. */
const ASCII_SIGNS: Readonly<Record<string, string>> = {
  '\u2013': '-',
  '\u2014': '-',
  '\u2018': "'",
  '\u2019': "'",
  '\u201C': '"',
  '\u201D': '"',
  '\u00D7': 'x',
  '\u2192': '->',
  '\u2264': '<=',
  '\u2265': '>=',
};

/** Shortens to at most `max` UTF-16 units, dots included, between words where that costs little; never inside a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 3)).replace(/[\uD800-\uDBFF]$/, '');
  const lastSpace = cut.lastIndexOf(' ');
  return `${cut.slice(0, lastSpace > cut.length / 2 ? lastSpace : undefined).trimEnd()}...`.slice(0, max);
}

/**
 * One line of untrusted text, safe in a plain-text mail and on a terminal: no control, invisible or reordering character is left, and
 * no URL that a mail client would make a link of. At most `max` UTF-16 units.
 */
export function plainLine(text: string, max = 1000): string {
  const visible = text
    .slice(0, LONGEST_READ)
    .replace(CONTROL, ' ')
    .replace(INVISIBLE, REPLACEMENT)
    .replaceAll('://', '[:]//');
  return clip(visible.replace(/\s+/gu, ' ').trim(), max);
}

/** `plainLine` in printable ASCII, as a mail's subject has to be (knowledge/aws.md, SNS). What has no ASCII form becomes `?`. */
export function asciiLine(text: string, max: number): string {
  const close = text
    .replace(/[\u00D7\u2013-\u2265]/g, (sign) => ASCII_SIGNS[sign] ?? sign)
    .normalize('NFKD')
    .replace(COMBINING_MARK, '');
  return clip(plainLine(close).replace(NOT_PRINTABLE_ASCII, '?'), max);
}

/**
 * A command to paste: as it is, but that hidden characters become visible, so that it cannot do other than what it shows. Lines stay lines.
 */
export function commandText(command: string): string {
  return command
    .replace(/\r\n?/g, '\n')
    .replaceAll('\t', '  ')
    .replace(/[^\n]+/g, (line) => line.replace(CONTROL, REPLACEMENT).replace(INVISIBLE, REPLACEMENT))
    .trim();
}

/** Slack has no escape for its formatting characters: look-alikes take their place. */
const SLACK_LOOK_ALIKES: readonly (readonly [RegExp, string])[] = [
  [/\*/g, '\u2217'],
  [/~/g, '\u223C'],
  [/`/g, "'"],
  // Inside a word an underscore formats nothing, and names of tables and checks are full of them.
  [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u02CD'],
  // user@address is no mention; @here in the middle of a word is not worth the uncertainty.
  [/(?<![\p{L}\p{N}.])@|@(?=here|channel|everyone)/giu, '\uFF20'],
  // Teams shows [text](url) as a link.
  [/\]\(/g, '] ('],
];

const SLACK_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** One line of untrusted text for Slack's markdown: it formats, links and mentions nothing. At most `max` UTF-16 units, entities included. */
export function slackLine(text: string, max: number): string {
  const harmless = SLACK_LOOK_ALIKES.reduce(
    (line, [pattern, lookAlike]) => line.replace(pattern, lookAlike),
    plainLine(text),
  );
  for (let length = max; length > 0; length -= 1) {
    const escaped = slackEntities(clip(harmless, length));
    if (escaped.length <= max) return escaped;
  }
  return '';
}

/** Slack's three entities (Slack: formatting text for app surfaces); all that a code span needs. */
export function slackEntities(text: string): string {
  return text.replace(/[&<>]/g, (sign) => SLACK_ENTITIES[sign] ?? sign);
}
