import type { z } from 'zod';
import { REMOVED_SETTINGS } from '../lambda/settings/tuning.ts';
import { labelSchema } from './config-fields.ts';
import { allowedAt } from './config-json-schema.ts';

type Issue = z.core.$ZodIssue;
export type JsonObject = { readonly [name: string]: unknown };

/** The file as written, and with `defaults` merged under each database. */
export interface ConfigTexts {
  readonly written: JsonObject;
  readonly merged: JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One sentence per problem: the field's path, what was found and what is allowed. */
export function issueLines(issue: Issue, texts: ConfigTexts): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const place = locate([...issue.path, key], texts);
      const removed = Object.hasOwn(REMOVED_SETTINGS, key) ? REMOVED_SETTINGS[key] : undefined;
      if (removed !== undefined && issue.path.at(-1) === 'tuning') return `${place} ${removed}`;
      const owner = place.split('.').slice(0, -1).join('.') || 'The configuration';
      return `${owner} has no field ${JSON.stringify(key)}. Allowed: ${fieldNames(issue.path)}.`;
    });
  }
  if (issue.code === 'invalid_key') {
    return [`databases has the name ${JSON.stringify(issue.path[1])}. Allowed: ${labelSchema.meta()?.errorMessage}.`];
  }
  const place = locate(issue.path, texts) || 'The configuration';
  return [`${place} ${describeValue(valueAt(texts.merged, issue.path))}. Allowed: ${describeAllowed(issue.path)}.`];
}

/** The path of a value in the file. A field that only `defaults` has is named there, because that is where to correct it. */
export function locate(path: readonly PropertyKey[], { written }: ConfigTexts): string {
  const [top, , ...below] = path;
  const fromDefaults =
    top === 'databases' &&
    below.length > 0 &&
    valueAt(written, path) === undefined &&
    valueAt(written, ['defaults', ...below]) !== undefined;
  return (fromDefaults ? ['defaults', ...below] : path).map(String).join('.');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((parent, step) => {
    if (Array.isArray(parent)) return parent[Number(step)];
    return isObject(parent) && Object.hasOwn(parent, step) ? parent[String(step)] : undefined;
  }, value);
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (isObject(value) && Object.keys(value).length > 0) return 'is an object';
  const text = JSON.stringify(value);
  return `is ${text.length > 80 ? `${text.slice(0, 77)}...` : text}`;
}

function describeAllowed([top, label, ...below]: readonly PropertyKey[]): string {
  if (top === undefined) return 'an object with databases';
  if (top === '$schema') return 'text';
  if (label === undefined && top === 'databases') return 'an object with at least one database, by name';
  return allowedAt(below) ?? 'no value here';
}

function fieldNames([top, , ...below]: readonly PropertyKey[]): string {
  if (top === undefined) return '$schema, defaults, databases';
  return (allowedAt(below) ?? '').replace(/^an object with /, '');
}
