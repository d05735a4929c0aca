/**
 * How often a worker looks LiteLLM_Config up without any request, where store_model_in_db is on: 12 or 13 times in 30 s, counted with the code of
 * eight published versions. None where it is off, and few from 1.84.0 on, which caches them.
 */
export const CONFIG_POLLING = { lookups: 13, seconds: 30 } as const;
