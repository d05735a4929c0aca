import { sqlFile } from './sql-file.ts';

/** A function of the schema litellm_auditor. It returns jsonb, and its body is kept as text, so LiteLLM's migrations never wait for it. */
export interface AuditorFunction {
  readonly name: string;
  /** `name type` each, in order. */
  readonly parameters: readonly string[];
  /** The table of LiteLLM that the body is about, in the schema that the script finds. */
  readonly table: string;
  readonly properties: 'STABLE PARALLEL SAFE' | 'VOLATILE';
  /**
   * PL/pgSQL, run with the rights of the tables' owner and a search path that nobody else can add to, so names need no schema. The script fills
   * in two placeholders when it runs, because only then LiteLLM's schema is known: @table@ is the table, @table-name@ a text literal with its name.
   */
  readonly body: string;
}

export const TABLE = '@table@';

/** PL/pgSQL for the owner that creates or replaces the function, which nobody but the owner may execute then. Uses litellm_schema. */
export function createFunctionSql(definition: AuditorFunction): string {
  const { name, parameters, table, properties, body } = definition;
  return sqlFile('create-function.sql', {
    name,
    parameters: parameters.join(', '),
    table,
    properties,
    body,
    signature: signature(definition),
  });
}

/** PL/pgSQL that grants `auditor` the right to execute the function, or revokes it. */
export function executeRightSql(definition: AuditorFunction, right: 'grant' | 'revoke'): string {
  return right === 'grant'
    ? `EXECUTE format('GRANT EXECUTE ON FUNCTION ${signature(definition)} TO %I', auditor);`
    : `EXECUTE format('REVOKE ALL ON FUNCTION ${signature(definition)} FROM %I', auditor);`;
}

function signature({ name, parameters }: AuditorFunction): string {
  const types = parameters.map((parameter) => parameter.slice(parameter.indexOf(' ') + 1));
  return `${name}(${types.join(', ')})`;
}
