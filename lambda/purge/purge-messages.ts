import type { PurgeAnswer } from '../../database/answers.ts';
import { counted, listed } from '../core/text.ts';
import { PER_REQUEST_RANGE } from '../litellm/router-effect.ts';
import { enablePurge, stepsToRun } from '../settings/commands.ts';
import type { Target } from '../settings/settings.ts';
import type { Words } from './messages.ts';
import type { DryRun } from './operation.ts';
import type { Circumstances } from './run-operation.ts';

/** knowledge/litellm.md section 3. */
export const WRITTEN_BACK =
  "Saving router settings in LiteLLM's UI writes the row back; an audit tells when it is there again.";
const RUNNING_PROXIES =
  'Running proxies keep the values that they have read until they restart: what only the row held is gone from then on.';

const STOPPED = {
  reappeared: 'the row came back after an automatic purge, so something writes it: the UI, probably',
  restored: 'somebody restored the row after it was purged',
  'once-a-day': 'there was an automatic purge in the last 24 hours',
} as const;

/** A purge in plain words. */
export function purgeMessages(
  told: PurgeAnswer | DryRun,
  target: Target,
  { mode, enabled }: Pick<Circumstances, 'mode' | 'enabled'>,
): Words {
  switch (told.outcome) {
    case 'dry-run':
      return dryRunWords(told, target, enabled);
    case 'purged':
      return {
        result: 'done',
        summary: `The global router_settings row was purged${mode === 'automatic' ? ' automatically' : ''}; backup ${told.backup} holds it.`,
        notes: [
          'On versions that build a Router for each request, new requests no longer do.',
          RUNNING_PROXIES,
          WRITTEN_BACK,
          ...(mode === 'automatic'
            ? ['When the row comes back, or is restored, automatic purges stop until somebody has purged by hand.']
            : []),
        ],
        advice: stepsToRun('To undo it', { action: 'restore', backup: told.backup }, target),
      };
    case 'already-purged':
      return {
        result: 'nothing-to-do',
        summary: `The row was purged at ${told.at} already${told.sameRequest ? ' by this same request' : ''}; backup ${told.backup} holds it. Nothing more was done.`,
        notes: [`That was asked by ${told.requestedBy}.`, WRITTEN_BACK],
        advice: stepsToRun('To undo it', { action: 'restore', backup: told.backup }, target),
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
        summary: 'The row is not the one that was confirmed: it has changed since. Nothing was done.',
        notes: [`Its hash is ${told.hash} now.`],
        advice: stepsToRun('To see what it holds now, and what to confirm', { action: 'purge' }, target),
      };
    case 'routing-policy':
      return {
        result: 'refused',
        summary: `The row holds routing policy, which a purge would lose: ${listed(told.keys)}. Nothing was done.`,
        notes: ['Requests that rely on it break at the next restart of the proxies.'],
        advice: [
          { text: 'Put it into router_settings of config.yaml first, deploy that, and then look again.' },
          ...stepsToRun('To see the event that purges all the same', { action: 'purge' }, target),
        ],
      };
    case 'automatic-stopped':
      return {
        result: 'refused',
        summary: `The row was not purged automatically: ${STOPPED[told.reason]}.`,
        notes: ['Automatic purges go on after somebody has purged by hand.'],
        advice: stepsToRun('To see the row and how to purge it', { action: 'purge' }, target),
      };
  }
}

function dryRunWords(row: DryRun, target: Target, enabled: boolean): Words {
  const { hash, bytes, keys, keyCount, routingPolicy } = row;
  const names = keys.map(({ name, bytes: size }) => `${name} (${counted(size, 'byte')})`);
  const unseen = keyCount - keys.length;
  const loses = routingPolicy.length > 0;
  return {
    result: 'shown',
    summary: `Dry run, nothing was changed: the global router_settings row holds ${counted(keyCount, 'setting')} (${counted(bytes, 'byte')}).`,
    notes: [
      ...(keyCount > 0 ? [`Settings: ${names.join(', ')}${unseen > 0 ? ` and ${unseen} more` : ''}.`] : []),
      gain(row),
      loses
        ? `A purge loses routing policy: ${listed(routingPolicy)}. Requests that rely on it break at the next restart of the proxies; put it into router_settings of config.yaml first.`
        : 'It holds no routing policy: no fallbacks, aliases or routing groups.',
      RUNNING_PROXIES,
      WRITTEN_BACK,
    ],
    advice: [
      ...(enabled ? [] : enablePurge()),
      ...stepsToRun(
        loses ? 'To purge it and lose that routing policy' : 'To purge it',
        { action: 'purge', confirm: hash, ...(loses ? { loseRoutingPolicy: true } : {}) },
        target,
      ),
    ],
  };
}

function gain({ kind, effect, litellmVersion }: DryRun): string {
  if (kind === 'text')
    return 'LiteLLM skips a row that is a JSON string when it reloads (#31836): a purge changes nothing for it.';
  if (kind === 'other')
    return 'The row is no object, and LiteLLM does not write such: what a purge changes is not known.';
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
