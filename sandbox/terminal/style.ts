import { styleText } from 'node:util';

/** How a terminal shows text. */
export interface Style {
  readonly color: boolean;
  /** Columns. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];

/** Below this a narrow terminal breaks the lines itself; above, lines are hard to read. */
const WIDTHS = { least: 40, most: 120, unknown: 100 };

/** What the stream can show. Its own `hasColors` knows NO_COLOR and FORCE_COLOR; a pipe has none. */
export function detectStyle(stream: { hasColors?: () => boolean; columns?: number }): Style {
  const width = Math.min(Math.max(stream.columns ?? WIDTHS.unknown, WIDTHS.least), WIDTHS.most);
  return { color: stream.hasColors?.() ?? false, width };
}

/** The text in colour where there are colours. */
export function paint({ color }: Style, format: Format, text: string): string {
  return color ? styleText(format, text, { validateStream: false }) : text;
}

/** A heading: a bar in colour, or underlined. */
export function heading(style: Style, text: string): string {
  return style.color
    ? paint(style, ['bold', 'inverse'], ` ${text} `.padEnd(style.width))
    : `${text}\n${'='.repeat(text.length)}`;
}

/** The text as a terminal may see it: a control character in it could draw anywhere. */
export function harmless(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '\uFFFD');
}
