import { describeScopedSettings } from '../scoped-router-settings.ts';

describeScopedSettings('key', 'LiteLLM_VerificationToken');
