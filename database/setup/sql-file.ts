import { readFileSync } from 'node:fs';

/**
 * Reads a .sql file of this folder and fills in its placeholders, as {{name}}. Where one is the first on its line, the further lines of its value
 * are indented as it is. Only for the setup script: esbuild would not carry the file into the function's bundle.
 *
 * @throws Error when the placeholders are not those of `values`
 */
export function sqlFile(file: `${string}.sql`, values: Readonly<Record<string, string>> = {}): string {
  const unused = new Set(Object.keys(values));
  const filled = readFileSync(new URL(file, import.meta.url), 'utf8').replace(
    /(^ *)?\{\{(\w+)\}\}/gm,
    (_placeholder, indentation: string | undefined, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${file} has a placeholder without a value: ${name}`);
      unused.delete(name);
      return indentation === undefined ? value : indented(value, indentation);
    },
  );
  if (unused.size > 0) throw new Error(`${file} has no placeholder for: ${[...unused].join(', ')}`);
  return filled.trimEnd();
}

function indented(value: string, indentation: string): string {
  return value.trim().replace(/^(?!$)/gm, indentation);
}
