// Generated from knowledge/releases.tsv by npm run releases: change the table, not this file.
import type { BreakingChange } from './known-issue.ts';

export const BREAKING_CHANGES: readonly BreakingChange[] = [
  {
    version: '1.83.9',
    change: 'a request with user_config is refused unless allow_client_side_credentials or the model allows it',
  },
  { version: '1.83.10', change: 'it requires Python 3.10 or newer' },
  {
    version: '1.84.0',
    change: 'routing_groups that are managed in the UI are stored in the database and override the config file',
  },
  {
    version: '1.84.0',
    change:
      '/health/readiness no longer shows the version: it moves to /health/readiness/details, which requires a key',
  },
  {
    version: '1.84.0',
    change: 'readiness answers 503 when the database is disconnected: probes take the pod out of service',
  },
  { version: '1.85.0', change: 'the Helm chart does not push the schema at start when a migrations Job is used' },
  {
    version: '1.92.0',
    change: 'the packages on PyPI are compiled for a platform: make sure that there is one for yours',
  },
  {
    version: '1.94.0',
    change: 'routing_strategy and enable_tag_filtering in the router_settings of teams and keys take effect',
  },
  { version: '1.100.0', change: 'GET /spend/logs returns at most 10,000 rows' },
  {
    version: '1.101.0',
    change:
      'sslmode=verify-ca, verify-full and sslrootcert are now verified: with a wrong CA the proxy does not start (P1011)',
  },
  { version: '1.101.0', change: 'POST /config/update answers 400 to keys that are not router settings' },
  { version: '1.101.0', change: 'an overloaded worker answers 503 overloaded_error' },
  {
    version: '1.103.0',
    change:
      'the config file owns every key that it declares: the value in the database is ignored, and a write at run time is refused with 400',
  },
  {
    version: '1.103.3',
    change:
      'the proxy exits if the setup of the database fails at start; you have to build the SpendLogs indexes yourself, CONCURRENTLY',
  },
  { version: '1.104.0', change: 'authentication fails closed during a database outage: 503 no_db_connection' },
  { version: '1.104.0', change: 'the proxy does not start with a master key that is unset, empty or sk-1234' },
  { version: '1.104.0', change: 'MCP servers over stdio are off by default' },
  { version: '1.104.0', change: 'an exhausted budget answers 422, not 429' },
  {
    version: '1.105.0',
    change: 'ENFORCE_PRISMA_MIGRATION_CHECK=false is ignored: the proxy does not start if migrations fail',
  },
  { version: '1.105.0', change: '/sso/debug/* answers 404 unless ENABLE_SSO_DEBUG=true' },
  {
    version: '1.108.1',
    change: "fallback targets have to be lists: with text ({'gpt-4': 'gpt-3.5'}) the proxy does not start",
  },
  { version: '1.109.0', change: 'a hard rpm limit requires optional_pre_call_checks: [enforce_model_rate_limits]' },
  { version: '1.109.0', change: 'the disk cache is removed' },
  {
    version: '1.110.0',
    change: 'the router always runs on the Rust core: a router configuration that it rejects is an error at start',
  },
  { version: '1.110.0', change: 'stored general_settings keys that no settings API manages no longer apply' },
];
