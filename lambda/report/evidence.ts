import type { Evidence } from '../core/finding.ts';
import type { Json } from '../core/json.ts';
import { momentText } from './time.ts';
import { clip, plainLine } from './untrusted-text.ts';

/** A list in the evidence is shown up to here; the whole of it is in the JSON report. */
const LONGEST_LIST = 10;
const LONGEST_TEXT = 300;
const LONGEST_NAME = 60;

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  acu: 'ACU',
  arn: 'ARN',
  ca: 'CA',
  cpu: 'CPU',
  gib: 'GiB',
  iam: 'IAM',
  id: 'ID',
  io: 'I/O',
  litellm: 'LiteLLM',
  mib: 'MiB',
  pid: 'PID',
  pids: 'PIDs',
  rds: 'RDS',
  sql: 'SQL',
  tls: 'TLS',
  vcpus: 'vCPUs',
};

/** One piece of evidence as safe text: a value, or the lines of a list. */
interface EvidenceItem {
  readonly name: string;
  readonly value: string | readonly string[];
}

/** The evidence in words. */
export function evidenceItems(evidence: Evidence): EvidenceItem[] {
  return present(evidence).map(([name, value]) => ({ name: sentenceCase(words(name)), value: shownValue(value) }));
}

function shownValue(value: Json): EvidenceItem['value'] {
  const parts = partsOf(value);
  if (parts === undefined) return inline(value);
  const more = parts.length - LONGEST_LIST;
  return more > 0 ? [...parts.slice(0, LONGEST_LIST), `and ${more} more`] : parts;
}

/** The lines of what does not fit on one; undefined for what does. */
function partsOf(value: Json): string[] | undefined {
  if (isList(value)) return value.some(isNested) ? value.map(inline) : undefined;
  if (!isNested(value)) return undefined;
  const entries = present(value);
  return entries.length > 0 ? entries.map(([name, part]) => `${words(name)}: ${inline(part)}`) : undefined;
}

function inline(value: Json): string {
  if (value === null) return 'not known';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return plainLine(momentText(String(value)), LONGEST_TEXT) || 'empty';
  const parts = isList(value)
    ? value.map(inline)
    : present(value).map(([name, part]) => `${words(name)} ${inline(part)}`);
  const more = parts.length - LONGEST_LIST;
  const shown = parts.slice(0, LONGEST_LIST).join(', ');
  return clip(more > 0 ? `${shown} and ${more} more` : shown, LONGEST_TEXT) || 'none';
}

/** JSON leaves out what is undefined. */
function present(value: { readonly [name: string]: Json | undefined }): (readonly [string, Json])[] {
  return Object.entries(value).flatMap(([name, part]) => (part === undefined ? [] : [[name, part] as const]));
}

/** `maxConnections` becomes `max connections`; a name that is not in camel case may be one of the database's and stays. */
function words(name: string): string {
  if (!/^[a-z]+([A-Z][a-z]*|\d+)*$/.test(name)) return plainLine(name, LONGEST_NAME);
  const parts = clip(name, LONGEST_NAME).replace(/[A-Z]/g, ' $&').toLowerCase().split(' ');
  return parts.map((part) => ABBREVIATIONS[part] ?? part).join(' ');
}

function sentenceCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function isNested(value: Json): value is { readonly [name: string]: Json | undefined } | readonly Json[] {
  return typeof value === 'object' && value !== null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
