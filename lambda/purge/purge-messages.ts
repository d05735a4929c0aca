import type { PurgeAnswer } from '../../database/answers.ts';
import { counted, listed } from '../core/text.ts';
import { PER_REQUEST_RANGE } from '../litellm/router-effect.ts';
import { ENABLE_PURGE, stepsToRun } from '../settings/commands.ts';
import type { Settings } from '../settings/settings.ts';
import type { Circumstances, DryRun, OperationDescription } from './operation.ts';

/** knowledge/litellm.md section 3. */
const WRITTEN_BACK =
  "Saving router settings in LiteLLM's UI writes the row back. The next audit reports it if that happens.";
const RUNNING_PROXIES =
  'Running proxies keep the values that they have read until they restart. After that, what only the row held is gone.';

const STOPPED = {
  reappeared: "the row came back after an automatic purge, so something writes it, probably LiteLLM's UI",
  restored: 'the row was restored after a purge',
  'once-a-day': 'there was an automatic purge in the last 24 hours',
} as const;

/** Describes the outcome of a purge to people. */
export function describePurge(
  outcome: Exclude<PurgeAnswer, { outcome: 'other-schema' }> | DryRun,
  settings: Settings,
  { mode, enabled }: Pick<Circumstances, 'mode' | 'enabled'>,
): OperationDescription {
  switch (outcome.outcome) {
    case 'dry-run':
      return describeDryRun(outcome, settings, enabled);
    case 'purged':
      return {
        result: 'done',
        summary: `The global router_settings row was purged${mode === 'automatic' ? ' automatically' : ''}; backup ${outcome.backup} holds it.`,
        notes: [
          'LiteLLM versions that build a Router on each request stop doing so at once.',
          RUNNING_PROXIES,
          WRITTEN_BACK,
          ...(mode === 'automatic'
            ? ['If the row comes back or is restored, automatic purges stop until somebody has purged by hand.']
            : []),
        ],
        advice: stepsToRun('To undo it', { action: 'restore', backup: outcome.backup }, settings),
      };
    case 'already-purged':
      return {
        result: 'nothing-to-do',
        summary: `${outcome.sameRequest ? 'This request has already purged the row' : 'The row was already purged'}, at ${outcome.at}; backup ${outcome.backup} holds it. Nothing more was done.`,
        notes: [`That purge was requested by ${outcome.requestedBy}.`, WRITTEN_BACK],
        advice: stepsToRun('To undo it', { action: 'restore', backup: outcome.backup }, settings),
      };
    case 'absent':
      return {
        result: 'nothing-to-do',
        summary: 'There is no global router_settings row, so there is nothing to purge.',
        notes: [],
        advice: [],
      };
    case 'changed':
      return {
        result: 'refused',
        summary: 'The row does not have the hash that was confirmed: it has probably changed since. Nothing was done.',
        notes: [`Its hash is now ${outcome.hash}.`],
        advice: stepsToRun('To see what it holds now and which hash to confirm', { action: 'purge' }, settings),
      };
    case 'routing-policy':
      return {
        result: 'refused',
        summary: `The row holds routing policy, which a purge would lose: ${listed(outcome.keys)}. Nothing was done.`,
        notes: ['Requests that rely on it break at the next restart of the proxies.'],
        advice: [
          { text: 'First copy it into router_settings of config.yaml and deploy that. Then run the dry run again.' },
          ...stepsToRun(
            'For the dry run, which also shows how to purge the row and lose that policy',
            { action: 'purge' },
            settings,
          ),
        ],
      };
    case 'automatic-stopped':
      return {
        result: 'refused',
        summary: `The row was not purged automatically: ${STOPPED[outcome.reason]}.`,
        notes: ['Automatic purges continue after somebody has purged by hand.'],
        advice: stepsToRun('To see the row and how to purge it', { action: 'purge' }, settings),
      };
  }
}

function describeDryRun(row: DryRun, settings: Settings, enabled: boolean): OperationDescription {
  const { schema, hash, keys, keyCount, routingPolicy } = row;
  const names = keys.map(({ name, empty }) => (empty ? `${name} (empty)` : name));
  const unseen = keyCount - keys.length;
  const loses = routingPolicy.length > 0;
  return {
    result: 'shown',
    summary: `Dry run, nothing was changed: the global router_settings row of schema ${schema} holds ${counted(keyCount, 'setting')}.`,
    notes: [
      ...(keyCount > 0 ? [`Settings: ${names.join(', ')}${unseen > 0 ? ` and ${unseen} more` : ''}.`] : []),
      gain(row),
      loses
        ? `A purge loses routing policy: ${listed(routingPolicy)}. Requests that rely on it break at the next restart of the proxies. Copy it into router_settings of config.yaml first.`
        : 'It holds no routing policy: no fallbacks, aliases or routing groups.',
      RUNNING_PROXIES,
      WRITTEN_BACK,
    ],
    advice: [
      ...(enabled && hash !== null ? [] : [ENABLE_PURGE]),
      ...(hash === null
        ? []
        : stepsToRun(
            loses ? 'To purge it and lose that routing policy' : 'To purge it',
            { action: 'purge', confirm: hash, ...(loses ? { loseRoutingPolicy: true } : {}) },
            settings,
          )),
    ],
  };
}

function gain({ kind, effect, litellmVersion }: DryRun): string {
  if (kind === 'text')
    return 'LiteLLM skips a row that is a JSON string when it reloads (#31836): a purge changes nothing for it.';
  if (kind === 'other')
    return 'The row is not a JSON object, which LiteLLM never writes. What a purge changes is not known.';
  if (kind !== 'settings') return 'The row holds nothing: a purge changes nothing for LiteLLM.';
  const runs = litellmVersion === null ? 'The LiteLLM that runs' : `LiteLLM ${litellmVersion}`;
  if (effect === 'per-request-router') {
    return `${runs} queries for the row and builds a Router on each LLM request: a purge ends that at once.`;
  }
  if (effect === 'unknown') {
    return `Which LiteLLM version runs is not known. A purge helps on ${PER_REQUEST_RANGE} only; elsewhere it fixes nothing and can lose configuration.`;
  }
  return `${runs} builds no Router per request: a purge fixes nothing on this version, and can lose configuration.`;
}
