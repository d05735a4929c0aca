import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { checkedInSetupSql, databaseSetupSql } from '../../database/setup/script.ts';
import { postgresNameSchema } from '../../lambda/settings/tuning.ts';

/** What could end the literal, the block around it, or the line. */
const names = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '$$',
      '$setup$',
      '$body$',
      '{{guard}}',
      '@table@',
      ';',
      '--',
      '/*',
      'a',
      '1',
      ' ',
    ),
    fc.constantFrom('\0', '\n', '\r', '\u0085', '\u2028', '%', '\ud83d', '\ufeff'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

function dollarTags(script: string): readonly string[] {
  return script.match(/\$\w*\$/g) ?? [];
}

describe('database/setup.sql', () => {
  it('is current; run npm run setup-sql when this fails', () => {
    expect(readFileSync('database/setup.sql', 'utf8')).toBe(checkedInSetupSql());
  });

  it('ends with the script for the default role when purge is disabled', () => {
    const script = databaseSetupSql({ role: 'litellm_auditor', purge: 'disabled' });

    expect(readFileSync('database/setup.sql', 'utf8').endsWith(script)).toBe(true);
  });
});

describe('databaseSetupSql', () => {
  it('quotes the role and the schema, and leaves them as they are, when they look like SQL or placeholders', () => {
    const script = databaseSetupSql({ role: "it's {{guard}}", litellmSchema: "a'b {{role}}" });

    expect(script).toContain("auditor CONSTANT pg_catalog.name := 'it''s {{guard}}';");
    expect(script).toContain("litellm_schema pg_catalog.name := 'a''b {{role}}';");
  });

  it('carries every name that it accepts as one literal, and keeps its blocks, when the names are any text', () => {
    const tags = dollarTags(databaseSetupSql({ role: 'r', litellmSchema: 's' }));
    const accepted = names.filter((name) => postgresNameSchema.safeParse(name).success);

    fc.assert(
      fc.property(accepted, accepted, (role, litellmSchema) => {
        const script = databaseSetupSql({ role, litellmSchema });

        expect(script.split(`auditor CONSTANT pg_catalog.name := ${pg.escapeLiteral(role)};\n`)).toHaveLength(2);
        expect(script.split(`litellm_schema pg_catalog.name := ${pg.escapeLiteral(litellmSchema)};\n`)).toHaveLength(2);
        expect(dollarTags(script)).toEqual(tags);
      }),
    );
  });

  it('refuses every name that would end a block, and every one with a control character, when the names are any text', () => {
    const hostile = fc
      .tuple(
        names,
        fc.oneof(fc.constantFrom('$$', '$setup$', '$body$', '\n', '\0'), fc.constantFrom('\u007f', '\u0085')),
        names,
      )
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(hostile, (name) => {
        expect(() => databaseSetupSql({ role: name })).toThrow();
        expect(() => databaseSetupSql({ role: 'r', litellmSchema: name })).toThrow();
        expect(() => databaseSetupSql({ role: 'r', auditorSchema: name })).toThrow();
      }),
    );
  });

  it.each(['public', 'pg_catalog', 'pg_temp', 'information_schema', 'Auditor', 'a"b', "a'b", '1a', '', 'a'.repeat(64)])(
    "refuses %j as the auditor's schema, since all rights on it are revoked and its name stands in SQL",
    (auditorSchema) => {
      expect(() => databaseSetupSql({ role: 'r', auditorSchema })).toThrow();
    },
  );
});
