import { defineCheck } from '../check.ts';
import { evaluateScope, type Scope } from '../scoped-router-settings.ts';

const KEYS: Scope = {
  level: 'key',
  table: 'LiteLLM_VerificationToken',
  nameColumns: 'key_alias, key_name',
  stale: "coalesce(blocked, false) OR coalesce(expires < now() AT TIME ZONE 'UTC', false)",
};

export const keyRouterSettings = defineCheck({
  id: 'key-router-settings',
  title: 'No key has router_settings that cost anything on each request.',
  kind: 'risk',
  needs: ['router-settings', 'routerEffects'],
  evaluate: ({ seen, snapshot }, settings) => evaluateScope(KEYS, seen, snapshot, settings),
});
