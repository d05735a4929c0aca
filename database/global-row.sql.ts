import { ROUTING_POLICY_KEYS } from '../lambda/litellm/router-keys.ts';

/** What a row without any meaning can hold for a key. */
const EMPTY_VALUES = `('null', '{}', '[]', '""')`;
const MOST_KEYS = 100;
const LONGEST_KEY = 200;

/**
 * Keyed SHA-256 of a jsonb as PostgreSQL writes it, hex; SQL NULL counts as no text at all. What a purge has to name. Without the key
 * nobody can find a short value by trying.
 * @param key SQL of the key, bytea
 */
export function rowHashSql(value: string, key: string): string {
  const text = `pg_catalog.convert_to(COALESCE(${value}::pg_catalog.text, ''), 'UTF8')`;
  return `(SELECT pg_catalog.encode(pg_catalog.sha256(k.key || pg_catalog.sha256(k.key || ${text})), 'hex') FROM (SELECT ${key}) AS k (key))`;
}

/** The setting names of a jsonb, text[] in order, at most 100 of at most 200 characters; none when it is no object. */
export function keyNamesSql(value: string): string {
  return `ARRAY(
    SELECT pg_catalog.left(k.name, ${LONGEST_KEY})
      FROM pg_catalog.jsonb_object_keys(${objectSql(value)}) AS k (name)
     ORDER BY k.name COLLATE pg_catalog."C"
     LIMIT ${MOST_KEYS})`;
}

/** The routing policy that a jsonb holds: the names of those settings that are not empty, text[] in order. */
export function routingPolicySql(value: string): string {
  const keys = [...ROUTING_POLICY_KEYS].map((key) => `'${key}'`).join(', ');
  return `ARRAY(
    SELECT p.key
      FROM pg_catalog.jsonb_each(${objectSql(value)}) AS p
     WHERE p.key IN (${keys}) AND p.value NOT IN ${EMPTY_VALUES}
     ORDER BY p.key COLLATE pg_catalog."C")`;
}

function objectSql(value: string): string {
  return `CASE pg_catalog.jsonb_typeof(${value}) WHEN 'object' THEN ${value} ELSE '{}' END`;
}

/**
 * One jsonb about the global router_settings row: kind of value, keyed hash, key names and which of them are routing policy; never a value,
 * and no size, which would help to guess one. No row when there is none. The setup script makes global_router_settings() from it; the audit
 * runs it directly where the role may read the table itself (the shell, as LiteLLM's own user), and then has no hash.
 *
 * In TypeScript, as the function's bundle holds it too: Node 24 imports no .sql file, and esbuild carries no file along that is read by path.
 *
 * @param configTable quoted, schema included
 * @param hash SQL of the hash of c.param_value
 */
export function globalRowSql(configTable: string, hash = 'NULL::pg_catalog.text'): string {
  return `
SELECT pg_catalog.jsonb_build_object(
         'kind', CASE
                   WHEN c.param_value IS NULL THEN 'sql-null'
                   WHEN c.param_value = 'null' THEN 'json-null'
                   WHEN c.param_value = '{}' THEN 'empty'
                   WHEN pg_catalog.jsonb_typeof(c.param_value) = 'object' THEN 'settings'
                   WHEN pg_catalog.jsonb_typeof(c.param_value) = 'string' THEN 'text'
                   ELSE 'other'
                 END,
         'hash', ${hash},
         'routingPolicy', pg_catalog.to_jsonb(${routingPolicySql('c.param_value')}),
         'keyCount', (SELECT pg_catalog.count(*) FROM pg_catalog.jsonb_object_keys(${objectSql('c.param_value')})),
         'keys', (SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                           'name', pg_catalog.left(e.key, ${LONGEST_KEY}),
                           'empty', e.value IN ${EMPTY_VALUES}) ORDER BY e.key COLLATE pg_catalog."C"), '[]')
                    FROM (SELECT key, value
                            FROM pg_catalog.jsonb_each(${objectSql('c.param_value')})
                           ORDER BY key COLLATE pg_catalog."C"
                           LIMIT ${MOST_KEYS}) AS e)) AS row
  FROM ${configTable} AS c
 WHERE c.param_name = 'router_settings'`;
}
