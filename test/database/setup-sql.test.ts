import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkedInSetupSql, databaseSetupSql } from '../../database/setup.ts';

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
});
