import { styleText } from 'node:util';

/** What a terminal can show. */
export interface Style {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];

/** A terminal below the least breaks the lines itself; above the most, lines are hard to read. */
const WIDTHS = { least: 40, most: 120, unknown: 100 };

/** The style of a stream. Its own `hasColors` obeys NO_COLOR and FORCE_COLOR; a pipe has none. */
export function detectStyle(stream: { hasColors?: () => boolean; columns?: number }): Style {
  const width = Math.min(Math.max(stream.columns ?? WIDTHS.unknown, WIDTHS.least), WIDTHS.most);
  return { color: stream.hasColors?.() ?? false, width };
}

/** The text in color, if the terminal has colors. */
export function paint({ color }: Style, format: Format, text: string): string {
  return color ? styleText(format, text, { validateStream: false }) : text;
}

/** A heading: a bar in color, or underlined. */
export function heading(style: Style, text: string): string {
  return style.color
    ? paint(style, ['bold', 'inverse'], ` ${text} `.padEnd(style.width))
    : `${text}\n${'='.repeat(text.length)}`;
}

/** The text without control characters, which could draw anywhere on a terminal. */
export function harmless(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '\uFFFD');
}
