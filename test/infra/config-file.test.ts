import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { regionCertificates } from '../../infra/certificates.ts';
import { ConfigError, readConfig } from '../../infra/config.ts';
import { INSTANCE } from './configs.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, 'config.json');
  writeFileSync(path, content);
  return path;
}

describe('a configuration file', () => {
  it('is read when it begins with a byte order mark', () => {
    const path = fileWith(`\uFEFF${JSON.stringify({ databases: { prod: INSTANCE } })}`);

    const { databases } = readConfig(path);

    expect(Object.keys(databases)).toEqual(['prod']);
  });

  it('takes the path of the CA file as relative to itself when it names one', () => {
    writeFileSync(join(folder, 'own.pem'), regionCertificates('eu-west-1') ?? '');
    const path = fileWith(JSON.stringify({ databases: { prod: { ...INSTANCE, caFile: 'own.pem' } } }));

    const { databases } = readConfig(path);

    expect(databases.prod?.caFile).toBe(join(folder, 'own.pem'));
  });

  it('is refused with the command that creates it when it does not exist', () => {
    expect(() => readConfig('nowhere.json')).toThrow(
      new ConfigError(
        'nowhere.json does not exist. Create it with "cp auditor.config.example.json auditor.config.json" and fill it in. To use another file, give cdk "-c config=FILE" or database-setup "--config FILE".',
      ),
    );
  });

  it('is refused when it is a folder', () => {
    expect(() => readConfig(folder)).toThrow(
      new ConfigError(`${folder} cannot be read. Allowed: a JSON file that you have permission to read.`),
    );
  });

  it.each([
    ['{\n  "databases": {}\n  "x": 1\n}', 'line 3, column 3: Expected "," in JSON but found "\\"x\\"".'],
    ['{ "a": 1, }', 'line 1, column 9: JSON does not support trailing commas.'],
    ['// ours\n{}', 'line 1, column 1: JSON does not support comments.'],
    ['', 'line 1, column 1: Unexpected end of file in JSON.'],
  ])('is refused with line and column when it holds %j', (content, place) => {
    const path = fileWith(content);

    expect(() => readConfig(path)).toThrow(new ConfigError(`${path} is not JSON: ${place}`));
  });
});
