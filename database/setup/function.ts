import { AUDITOR_SCHEMA } from '../names.ts';

/** A function of the schema litellm_auditor. It returns jsonb, and a body kept as text: nothing in it can hold up LiteLLM's migrations. */
export interface AuditorFunction {
  readonly name: string;
  /** `name type` each, in order. */
  readonly parameters: readonly string[];
  /** The table of LiteLLM that the body is about, in the schema that was found. */
  readonly table: string;
  readonly properties: 'STABLE PARALLEL SAFE' | 'VOLATILE';
  /**
   * PL/pgSQL, run with the rights of the tables' owner and a search path that nobody else can add to, so names need no schema.
   * TABLE stands for the table in it, TABLE_NAME for a text literal with its name.
   */
  readonly body: string;
}

export const TABLE = '@table@';
export const TABLE_NAME = '@table-name@';

/** PL/pgSQL for the owner that makes or replaces the function; nobody but the owner may execute it then. Uses litellm_schema. */
export function createFunctionSql(made: AuditorFunction): string {
  const { name, parameters, table, properties, body } = made;
  return `
  EXECUTE format($create$
    CREATE OR REPLACE FUNCTION ${name}(${parameters.join(', ')}) RETURNS jsonb
      LANGUAGE plpgsql ${properties} SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp
      AS %L
    $create$,
    replace(replace($body$${body}$body$,
      '${TABLE}', format('%I.%I', litellm_schema, '${table}')),
      '${TABLE_NAME}', quote_literal(format('%I.%I', litellm_schema, '${table}'))));
  REVOKE ALL ON FUNCTION ${signatureOf(made)} FROM PUBLIC;
`;
}

/** PL/pgSQL that lets `auditor` execute the function, or no longer. */
export function executeRightSql(made: AuditorFunction, right: 'grant' | 'revoke'): string {
  const statement =
    right === 'grant'
      ? `GRANT EXECUTE ON FUNCTION ${signatureOf(made)} TO %I`
      : `REVOKE ALL ON FUNCTION ${signatureOf(made)} FROM %I`;
  return `
  EXECUTE format('${statement}', auditor);
`;
}

function signatureOf({ name, parameters }: AuditorFunction): string {
  const types = parameters.map((parameter) => parameter.slice(parameter.indexOf(' ') + 1));
  return `${name}(${types.join(', ')})`;
}

/** PL/pgSQL that lets `auditor` see into the schema. */
export const SCHEMA_RIGHT_SQL = `
  EXECUTE format('GRANT USAGE ON SCHEMA ${AUDITOR_SCHEMA} TO %I', auditor);
`;
