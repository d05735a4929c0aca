import { z } from 'zod';
import { parseLitellmVersion } from '../lambda/litellm/version.ts';
import { parseMarker } from './verify/marker.ts';

/** What the cells of the tables in knowledge/ can hold; knowledge/README.md describes them. */

const SEPARATOR = ' | ';

export const text = z
  .string()
  .min(1, 'is empty')
  .refine((cell) => cell === cell.trim(), 'starts or ends with a space');
export const optionalText = z.union([z.literal('').transform(() => undefined), text]);
export const yes = z.enum(['', 'yes']).transform((cell) => cell === 'yes');
export const certainty = z.enum(['V', 'I', '?']);
export const version = text.refine(isVersion, 'is not a version like 1.81.3');
export const versions = listOf(version);

/** `0` is the first version ever, `?` a first version that is not known. */
export const introduced = z.union([
  z.literal('?').transform(() => null),
  z.literal('0'),
  text.refine(isVersion, 'is neither 0, nor ?, nor a version like 1.81.3'),
]);

export const lastAffected = listOf(
  text.refine(
    (cell) => isVersion(cell.replace(/\.x$/, '.0')),
    'is neither a version like 1.81.3 nor a line like 1.81.x',
  ),
);

export const texts = listOf(text);

/** How a published package shows the first or the last version of a range. */
export const marker = z
  .string()
  .refine((cell) => cell === '' || parseMarker(cell) !== null, 'is not like `+ litellm/proxy/utils.py: pattern`');

/** Values that stand in one cell, `a | b`; none for an empty cell. */
function listOf<Item extends z.ZodType<string, string>>(item: Item) {
  return z
    .string()
    .transform((cell) => (cell === '' ? [] : cell.split(SEPARATOR)))
    .pipe(z.array(item));
}

function isVersion(cell: string): boolean {
  return parseLitellmVersion(cell)?.text === cell;
}
