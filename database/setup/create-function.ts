import { sqlFile } from './sql-file.ts';

/** A function of the schema litellm_auditor. It returns jsonb, and a body kept as text: nothing in it can hold up LiteLLM's migrations. */
export interface AuditorFunction {
  readonly name: string;
  /** `name type` each, in order. */
  readonly parameters: readonly string[];
  /** The table of LiteLLM that the body is about, in the schema that was found. */
  readonly table: string;
  readonly properties: 'STABLE PARALLEL SAFE' | 'VOLATILE';
  /**
   * PL/pgSQL, run with the rights of the tables' owner and a search path that nobody else can add to, so names need no schema. The script fills
   * in two placeholders when it runs, as only it knows LiteLLM's schema: TABLE is the table, `@table-name@` a text literal with its name.
   */
  readonly body: string;
}

export const TABLE = '@table@';

/** PL/pgSQL for the owner that makes or replaces the function; nobody but the owner may execute it then. Uses litellm_schema. */
export function createFunctionSql(made: AuditorFunction): string {
  const { name, parameters, table, properties, body } = made;
  return sqlFile('create-function.sql', {
    name,
    parameters: parameters.join(', '),
    table,
    properties,
    body,
    signature: signature(made),
  });
}

/** PL/pgSQL that lets `auditor` execute the function, or no longer. */
export function executeRightSql(made: AuditorFunction, right: 'grant' | 'revoke'): string {
  return right === 'grant'
    ? `EXECUTE format('GRANT EXECUTE ON FUNCTION ${signature(made)} TO %I', auditor);`
    : `EXECUTE format('REVOKE ALL ON FUNCTION ${signature(made)} FROM %I', auditor);`;
}

function signature({ name, parameters }: AuditorFunction): string {
  const types = parameters.map((parameter) => parameter.slice(parameter.indexOf(' ') + 1));
  return `${name}(${types.join(', ')})`;
}
