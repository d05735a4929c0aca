import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CertificateError } from '../lambda/core/certificates.ts';
import { fileCertificates } from './certificates.ts';
import { type ConfigTexts, isObject, issueLines, type JsonObject, locate } from './config-errors.ts';
import { configFileSchema, type DatabaseConfig } from './config-fields.ts';
import { findProblems, findSharedDatabaseProblems, findSlackProblems } from './config-rules.ts';
import { locateJsonError } from './json-error.ts';

export const DEFAULT_CONFIG_FILE = 'auditor.config.json';

/** The valid configuration. `defaults` are merged under each database, and `caFile` is an absolute path. */
export interface Config {
  readonly databases: { readonly [label: string]: DatabaseConfig };
}

/** A configuration that cannot be used. The message has one problem per line, to be shown as it is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a configuration file.
 * @throws ConfigError if it does not exist, is not JSON, or has a value that is not allowed: then with every problem.
 */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new ConfigError(`${path} cannot be read. Allowed: a JSON file that you have permission to read.`);
    }
    throw new ConfigError(
      `${path} does not exist. Create it with "cp auditor.config.example.json ${DEFAULT_CONFIG_FILE}" and fill it in. To use another file, give cdk "-c config=FILE" or database-setup "--config FILE".`,
    );
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new ConfigError(`${path} is not JSON: ${locateJsonError(text)}.`);
  }
  return parseConfig(raw, dirname(path));
}

/**
 * Validates the content of a configuration file.
 * @param folder that `caFile` is relative to
 * @throws ConfigError with every problem, one per line.
 */
export function parseConfig(raw: unknown, folder: string): Config {
  if (!isObject(raw)) throw new ConfigError('The configuration is not an object. Allowed: an object with databases.');
  const texts = { written: raw, merged: withDefaults(raw) };
  const parsed = configFileSchema.safeParse(texts.merged);
  if (!parsed.success) throw problemsError(parsed.error.issues.flatMap((issue) => issueLines(issue, texts)));
  const databases = Object.fromEntries(
    Object.entries(parsed.data.databases).map(([label, { caFile, ...database }]) => [
      label,
      caFile === undefined ? database : { ...database, caFile: resolve(folder, caFile) },
    ]),
  );
  const problems = [
    ...Object.entries(databases).flatMap(([label, database]) => databaseProblems(label, database, texts)),
    ...[...findSlackProblems(databases), ...findSharedDatabaseProblems(databases)].map(
      ({ field, sentence }) => `${field} ${sentence}`,
    ),
  ];
  if (problems.length > 0) throw problemsError(problems);
  return { databases };
}

function databaseProblems(label: string, database: DatabaseConfig, texts: ConfigTexts): string[] {
  return [...findProblems(database), ...findCertificateProblems(database)].map(
    ({ field, sentence }) => `${locate(['databases', label, ...field.split('.')], texts)} ${sentence}`,
  );
}

function findCertificateProblems({ caFile }: DatabaseConfig): { field: string; sentence: string }[] {
  if (caFile === undefined) return [];
  try {
    fileCertificates(caFile);
    return [];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return [
      {
        field: 'caFile',
        sentence: `names ${caFile}, which ${error.message}. Allowed: a PEM file with the CAs of the server's certificate.`,
      },
    ];
  }
}

/** Merged defaults are validated in each database, so that an invalid default is no problem if every database replaces it. */
function withDefaults(raw: JsonObject): JsonObject {
  const { defaults, databases, ...rest } = raw;
  if (!isObject(defaults) || !isObject(databases)) return raw;
  return {
    ...rest,
    databases: Object.fromEntries(
      Object.entries(databases).map(([label, database]) => [
        label,
        isObject(database) ? merge(defaults, database) : database,
      ]),
    ),
  };
}

function merge(defaults: JsonObject, values: JsonObject): JsonObject {
  const names = new Set([...Object.keys(defaults), ...Object.keys(values)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const [fallback, value] = [defaults[name], values[name]];
      if (!Object.hasOwn(values, name)) return [name, fallback];
      return [name, isObject(fallback) && isObject(value) ? merge(fallback, value) : value];
    }),
  );
}

function problemsError(lines: readonly string[]): ConfigError {
  return new ConfigError([...new Set(lines)].join('\n'));
}
