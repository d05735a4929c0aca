import { sqlFile } from './sql-file.ts';

/** A function of the auditor's schema. It returns jsonb, and its body is kept as text, so LiteLLM's migrations never wait for it. */
export interface AuditorFunction {
  /** Schema included. */
  readonly name: string;
  /** `name type` each, in order. */
  readonly parameters: readonly string[];
  /** The table of LiteLLM that the body is about, in the schema that the script finds. */
  readonly table: string;
  readonly properties: 'STABLE PARALLEL SAFE' | 'VOLATILE';
  /**
   * PL/pgSQL, run with the rights of the tables' owner and a search path that nobody else can add to, so names need no schema. The script fills
   * in three placeholders when it runs, because only then LiteLLM's schema is known: @table@ is the table, @table-name@ a text literal with its
   * name, and @schema@ one with the name of its schema.
   */
  readonly body: string;
}

export const TABLE = '@table@';

/** PL/pgSQL for the owner that creates or replaces the function. Uses litellm_schema. */
export function createFunctionSql(definition: AuditorFunction): string {
  const { name, parameters, table, properties, body } = definition;
  return sqlFile('create-function.sql', { name, parameters: parameters.join(', '), table, properties, body });
}

/** PL/pgSQL that grants `auditor` the right to execute the function. */
export function executeRightSql(definition: AuditorFunction): string {
  return `EXECUTE format('GRANT EXECUTE ON FUNCTION ${signature(definition)} TO %I', auditor);`;
}

/** The function as it is told from others of its name: `name(type, type)`. */
export function signature({ name, parameters }: AuditorFunction): string {
  const types = parameters.map((parameter) => parameter.slice(parameter.indexOf(' ') + 1));
  return `${name}(${types.join(', ')})`;
}
