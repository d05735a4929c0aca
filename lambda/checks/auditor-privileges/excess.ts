import { counted, listed } from '../../core/text.ts';
import { FORMER_COLUMNS } from '../../litellm/tables.ts';
import type { ExcessPrivilege, ServerSource } from '../../snapshot/snapshot.ts';
import { type CheckResult, notEvaluated, risk } from '../check.ts';
import { INSTALL } from '../remediation.ts';
import { reduceRights } from './advice.ts';

/** More than the known set; who has it decides what it means. */
export type ExcessFacts =
  | { readonly excess: readonly string[]; readonly notShown?: number }
  | { readonly rightsOfOthers: readonly string[] }
  | { readonly rightsOfPublic: readonly string[] };

/** What the role can do beyond the known set, what others may do with the auditor's schema, and what PUBLIC has on LiteLLM's tables. */
export function excessConcerns(server: ServerSource, isLitellms: boolean): readonly CheckResult<ExcessFacts>[] {
  const { role } = server;
  if (role.excess === null) return [notSeen(role.name)];
  const excess = role.excess.filter((each) => !isFormerGrant(each, server));
  const own = excess.filter(({ holder }) => holder === 'role' || holder === 'group');
  // To anyone but the auditor, its own role is another one.
  const others = excess.filter(
    ({ holder, place }) => place === 'auditor' && (holder === 'public' || (holder === 'other' && !isLitellms)),
  );
  const everyones = excess.filter(({ holder, place }) => place === 'litellm' && holder === 'public');
  return [
    ...(own.length === 0 || isLitellms ? [] : [ownConcern(server, own)]),
    ...(others.length === 0 ? [] : [othersConcern(server, others)]),
    ...(everyones.length === 0 || isLitellms ? [] : [publicConcern(server, everyones)]),
  ];
}

/** A snapshot of release 0.1.0, which looked for some rights only. */
function notSeen(role: string): CheckResult<ExcessFacts> {
  return notEvaluated({
    subject: `role ${role}: excessive privileges`,
    summary: `What the role ${role} can do beyond its task was not looked for when this snapshot was taken.`,
  });
}

function ownConcern({ role }: ServerSource, own: readonly ExcessPrivilege[]): CheckResult<ExcessFacts> {
  const notShown = role.excessCount - (role.excess?.length ?? 0);
  const texts = own.map(describe);
  return risk({
    status: 'warning',
    subject: `role ${role.name}: excessive privileges`,
    summary: `The role ${role.name} can do more than an audit requires: ${listed(texts)}.`,
    facts: { excess: texts, ...(notShown > 0 ? { notShown } : {}) },
    advice: reduceRights(role, own),
  });
}

function othersConcern({ role, setup }: ServerSource, others: readonly ExcessPrivilege[]): CheckResult<ExcessFacts> {
  const texts = others.map((each) => `${each.name}: ${describe(each)}`);
  return risk({
    status: 'warning',
    subject: `role ${role.name}: auditor's schema`,
    summary: `${counted(others.length, 'right')} on the auditor's schema ${setup?.schema ?? ''} belong to others: ${listed(texts)}.`,
    facts: { rightsOfOthers: texts },
    advice: INSTALL.map(({ text, command }) => ({ text: `The setup script revokes them. ${text}`, command })),
  });
}

/** LiteLLM's own role may live on them, so no step is advised. */
function publicConcern({ role }: ServerSource, everyones: readonly ExcessPrivilege[]): CheckResult<ExcessFacts> {
  const texts = everyones.map(describe);
  return risk({
    status: 'info',
    subject: `role ${role.name}: PUBLIC`,
    summary: `Every role, the auditor's included, has rights on LiteLLM's tables through PUBLIC: ${listed(texts)}.`,
    facts: { rightsOfPublic: texts },
    advice: [
      {
        text: 'Leave them unless you know who uses them: LiteLLM itself, and other applications, may work through them.',
      },
    ],
  });
}

function describe({ right, object, place, holder, name }: ExcessPrivilege): string {
  if (place === 'role') {
    if (right === 'MEMBER') return `member of ${object}`;
    return right === 'ADMIN' ? `may grant ${object}` : right;
  }
  return `${right === 'OWNER' ? 'owner of' : `${right} on`} ${object}${holder === 'group' ? ` through ${name}` : ''}`;
}

/** What release 0.1.0 granted: setup-current says that the setup script has to run again, which takes it back. */
function isFormerGrant({ right, object, place, holder }: ExcessPrivilege, { setup }: ServerSource): boolean {
  if (setup === null || setup.state === 'current') return false;
  if (place !== 'litellm' || holder !== 'role' || right !== 'SELECT') return false;
  return Object.entries(FORMER_COLUMNS).some(([table, columns]) =>
    columns.some((column) => object.endsWith(`."${table}".${column}`)),
  );
}
