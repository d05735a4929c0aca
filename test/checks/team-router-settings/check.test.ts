import { describeScopedSettings } from '../scoped-router-settings.ts';

describeScopedSettings('team', 'LiteLLM_TeamTable');
