import { z } from 'zod';
import { configFileSchema, databaseSchema } from './config-fields.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const DATABASE = z.toJSONSchema(databaseSchema, { io: 'input' });

/**
 * The JSON schema of the configuration file, for editors. It requires no field of a database, because `defaults` can hold any of them. What
 * is missing is found when the file is read.
 */
export function configJsonSchema(): object {
  return z.toJSONSchema(configFileSchema, {
    io: 'input',
    override: ({ jsonSchema, path }) => {
      if (path.length > 0) delete jsonSchema.required;
    },
  });
}

/** One field of a database's configuration, as the README's table shows it. */
export interface ConfigField {
  /** As in an error, such as rds.resourceId. */
  readonly path: string;
  readonly description: string;
  readonly allowed: string;
  readonly required: boolean;
  readonly defaultValue?: unknown;
}

/** Every field of a database's configuration, in the order of the schema. A group of fields is replaced by its fields. */
export function configFields(): ConfigField[] {
  return collectFields(DATABASE, [], true);
}

function collectFields(node: JsonSchema, path: readonly string[], required: boolean): ConfigField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    if (typeof child === 'boolean') return [];
    const childPath = [...path, name];
    const childRequired = required && (node.required ?? []).includes(name);
    if (child.properties !== undefined) return collectFields(child, childPath, childRequired);
    return {
      path: childPath.join('.'),
      description: child.description ?? '',
      allowed: describeAllowed(child),
      required: childRequired,
      ...(child.default === undefined ? {} : { defaultValue: child.default }),
    };
  });
}

/** What is allowed at a path below a database, in words; undefined if there is no such field. */
export function allowedAt(path: readonly PropertyKey[]): string | undefined {
  let node: JsonSchema = DATABASE;
  for (const step of path) {
    const next = typeof step === 'number' ? node.items : node.properties?.[String(step)];
    if (next === undefined || typeof next === 'boolean' || Array.isArray(next)) return undefined;
    node = next;
  }
  return describeAllowed(node);
}

function describeAllowed(node: JsonSchema): string {
  if (typeof node.errorMessage === 'string') return node.errorMessage;
  if (node.enum !== undefined) return `one of ${node.enum.join(', ')}`;
  if (node.properties !== undefined) return `an object with ${Object.keys(node.properties).join(', ')}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'integer') return `a whole number from ${node.minimum} to ${node.maximum}`;
  if (node.type === 'number') return `a number from ${node.minimum} to ${node.maximum}`;
  return `text of ${node.minLength} to ${node.maxLength} characters`;
}
