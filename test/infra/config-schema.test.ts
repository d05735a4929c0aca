import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { configFields, configJsonSchema } from '../../infra/config-json-schema.ts';

const example: unknown = JSON.parse(readFileSync('auditor.config.example.json', 'utf8'));

describe('auditor.config.schema.json', () => {
  it('is what the script prints; run npm run --silent config-schema > auditor.config.schema.json when this fails', () => {
    const printed = execFileSync(process.execPath, ['infra/config-schema.ts'], { encoding: 'utf8' });

    expect(readFileSync('auditor.config.schema.json', 'utf8')).toBe(printed);
  });

  it('accepts the example and refuses an unknown field', () => {
    const schema = z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(configJsonSchema()));

    expect(schema.safeParse(example).error).toBeUndefined();
    expect(schema.safeParse({ databases: { prod: { regoin: 'eu-central-1' } } }).success).toBe(false);
  });
});

describe("the configuration's fields", () => {
  it('each have a description and what is allowed', () => {
    const fields = configFields();

    expect(fields.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'region',
        'rds.resourceId',
        'vpc.subnetIds',
        'notifications.slack.channelId',
        'tuning.notifyFrom',
      ]),
    );
    for (const { path, description, allowed } of fields) {
      expect(description, path).toMatch(/\.$/);
      expect(allowed, path).toMatch(/\S/);
      expect(allowed, path).not.toContain('undefined');
    }
  });

  it('show whether they are required and their default when they have one', () => {
    const fields = new Map(configFields().map((field) => [field.path, field]));

    expect(fields.get('rds.kind')).toMatchObject({ required: true, allowed: 'one of instance, cluster' });
    expect(fields.get('port')).toMatchObject({
      required: false,
      defaultValue: 5432,
      allowed: 'a whole number from 1 to 65535',
    });
    expect(fields.get('caFile')).toMatchObject({ required: false });
    expect(fields.get('caFile')).not.toHaveProperty('defaultValue');
  });
});
