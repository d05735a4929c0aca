import type { CheckId } from '../checks/registry.ts';

/** What a check means to the diagnosis; `rulesOut` is what it excludes when it is ok. */
type Placement =
  | { readonly cause: true; readonly rulesOut?: string }
  | { readonly cause: false; readonly because: string };

/** Every check: it establishes or supports a cause, or it is no cause, for a reason. One that is not placed does not compile. */
export const PLACEMENT: Readonly<Record<CheckId, Placement>> = {
  'database-reachable': { cause: true },
  failover: { cause: true, rulesOut: 'a failover that LiteLLM missed' },
  'server-load': { cause: true, rulesOut: 'a server that is overloaded' },
  'connection-headroom': { cause: true, rulesOut: 'a lack of slots' },
  'connection-limits': { cause: true, rulesOut: 'a CONNECTION LIMIT' },
  'connection-leak': { cause: true, rulesOut: 'leaked connections' },
  'connection-ceiling': { cause: true, rulesOut: 'pools over their limit' },
  'connection-growth': { cause: true, rulesOut: 'growth towards exhaustion' },
  'pool-budget': { cause: true, rulesOut: 'pools that do not fit' },
  'lock-waits': { cause: true, rulesOut: 'waits for locks' },
  migrations: { cause: true, rulesOut: 'an orphaned lock of migrations' },
  'idle-in-transaction': { cause: true, rulesOut: 'open transactions' },
  'table-growth': { cause: true },
  deadlocks: { cause: false, because: 'A deadlock that is over holds no connection.' },
  'per-request-router': { cause: true, rulesOut: 'a Router per request' },
  'global-router-settings': { cause: true },
  'router-settings-reappeared': { cause: false, because: 'global-router-settings has the row that came back.' },
  'team-router-settings': { cause: true },
  'key-router-settings': { cause: true },
  'user-config': { cause: true },
  'knowledge-age': { cause: false, because: 'What the auditor knows changes nothing in LiteLLM.' },
  'litellm-security': { cause: false, because: 'A security issue holds no connections.' },
  'litellm-version': { cause: true, rulesOut: 'a version with known issues' },
  'proxy-health': { cause: true },
  'proxy-errors': { cause: true, rulesOut: 'failed connections in the log of the proxy' },
  'iam-authentication': { cause: true, rulesOut: 'refused IAM logins' },
  'transport-security': { cause: false, because: 'Sessions without TLS work.' },
  'rds-configuration': { cause: true },
  'auditor-session': { cause: false, because: "The auditor's own session says nothing about LiteLLM." },
  'setup-current': { cause: false, because: 'What the auditor has installed says nothing about LiteLLM.' },
  'auditor-privileges': { cause: false, because: "The auditor's own role says nothing about LiteLLM." },
};
