import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildApp } from '../../infra/app.ts';
import { regionCertificates } from '../../infra/certificates.ts';
import { parseConfig } from '../../infra/config.ts';
import { INSTANCE } from './configs.ts';

const templateSchema = z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const functionSchema = z.object({ Properties: z.object({ Code: z.object({ S3Key: z.string() }) }) });
const mapSchema = z.object({ sources: z.array(z.string()), sourcesContent: z.unknown().optional() });

const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
/** The bundle's folder of each database. */
let bundles: Readonly<Record<string, string>> = {};

beforeAll(() => {
  const irish = regionCertificates('eu-west-1') ?? '';
  writeFileSync(join(folder, 'own.pem'), irish);
  bundles = synthesize('assembly', {
    frankfurt: INSTANCE,
    'own-file': { ...INSTANCE, databaseName: 'own', caFile: 'own.pem' },
    'unknown-region': { ...INSTANCE, region: 'ap-east-2', host: 'db.example.com' },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function synthesize(name: string, databases: Readonly<Record<string, unknown>>): Record<string, string> {
  const assembly = buildApp(parseConfig({ databases }, folder), { outdir: join(folder, name) }).synth();
  const folders = assembly.stacks.map((stack) => {
    const { Resources } = templateSchema.parse(JSON.parse(readFileSync(stack.templateFullPath, 'utf8')));
    const lambda = functionSchema.parse(Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Function'));
    const asset = `asset.${basename(lambda.Properties.Code.S3Key, '.zip')}`;
    return [stack.stackName.replace('litellm-db-auditor-', ''), join(assembly.directory, asset)];
  });
  return Object.fromEntries(folders);
}

function fileIn(label: string, name: string): string {
  return readFileSync(join(bundles[label] ?? '', name), 'utf8');
}

describe('the bundle', () => {
  it("is an ES module and the region's CAs when the region is known", () => {
    const files = readdirSync(bundles.frankfurt ?? '');

    expect(files).toEqual(expect.arrayContaining(['index.mjs', 'rds-ca.pem']));
    expect(files.filter((name) => !/\.mjs(\.map)?$/.test(name))).toEqual(['rds-ca.pem']);
    expect(fileIn('frankfurt', 'rds-ca.pem')).toBe(regionCertificates('eu-central-1'));
  });

  it('has the CAs of the file when the configuration names one', () => {
    const certificates = fileIn('own-file', 'rds-ca.pem');

    expect(certificates).toBe(regionCertificates('eu-west-1'));
  });

  it('has no CAs when none is known for the region', () => {
    const files = readdirSync(bundles['unknown-region'] ?? '');

    expect(files).toContain('index.mjs');
    expect(files).not.toContain('rds-ca.pem');
  });

  it('exports the handler and needs no package beside it when it is loaded where there is none', () => {
    const module = pathToFileURL(join(bundles.frankfurt ?? '', 'index.mjs')).href;

    const type = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const {handler} = await import('${module}'); console.log(typeof handler, handler.length)`,
      ],
      { cwd: folder, encoding: 'utf8', env: {} },
    );

    expect(type).toBe('function 2\n');
  });

  it('has a source map beside each module, which none of them makes Node read', () => {
    const files = readdirSync(bundles.frankfurt ?? '');
    const modules = files.filter((name) => name.endsWith('.mjs'));

    expect(files.filter((name) => name.endsWith('.map'))).toEqual(modules.map((name) => `${name}.map`));
    expect(modules.filter((name) => fileIn('frankfurt', name).includes('sourceMappingURL'))).toEqual([]);
  });

  it('names the sources from the root of the repository, and holds none of them', () => {
    const { sources, sourcesContent } = mapSchema.parse(JSON.parse(fileIn('frankfurt', 'index.mjs.map')));

    expect(sources).toContain('lambda/handler.ts');
    expect(sources.filter((source) => /^(\.\.|\/)/.test(source))).toEqual([]);
    expect(sourcesContent).toBeUndefined();
  });

  it('has the same hash when it is made again in another folder', () => {
    const again = synthesize(join('deep', 'er', 'assembly'), { frankfurt: INSTANCE });

    expect(basename(again.frankfurt ?? '')).toBe(basename(bundles.frankfurt ?? ''));
  });
});
