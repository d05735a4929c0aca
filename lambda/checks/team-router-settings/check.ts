import { defineCheck } from '../check.ts';
import { evaluateScope, type Scope } from '../scoped-router-settings.ts';

const TEAMS: Scope = {
  level: 'team',
  table: 'LiteLLM_TeamTable',
  nameColumns: 'team_id, team_alias',
  stale: 'blocked',
};

export const teamRouterSettings = defineCheck({
  id: 'team-router-settings',
  title: 'No team has router_settings that cost anything on each request.',
  kind: 'risk',
  needs: ['router-settings', 'routerEffects'],
  evaluate: ({ seen, snapshot }, settings) => evaluateScope(TEAMS, seen, snapshot, settings),
});
