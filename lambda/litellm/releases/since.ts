// Generated from knowledge/behaviour.tsv by npm run releases: change the table, not this file.

export const SINCE = {
  'router-settings-columns': '1.80.13',
  'pool-limit-10': '1.74.14',
  'token-refresh-loop': '1.80.15',
  'health-watchdog': '1.81.14',
  'readiness-db': '1.82.1',
  'user-config-refused': '1.83.9',
  'readiness-503': '1.84.0',
  'readiness-details': '1.84.0',
  'config-cache': '1.84.0',
  'drained-engines': '1.95.0',
  'health-check-retention': '1.99.0',
  heartbeats: '1.99.0',
  'short-idle-life': '1.101.0',
  'bundled-pooler': '1.102.0',
  'config-file-owns-keys': '1.103.0',
  'hand-built-indexes': '1.103.0',
  'readiness-stalled': '1.104.0',
} as const;
