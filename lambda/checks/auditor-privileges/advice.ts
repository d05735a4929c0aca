import { escapeIdentifier } from 'pg';
import type { Advice } from '../../core/finding.ts';
import type { ExcessPrivilege } from '../../snapshot/snapshot.ts';

/** The step for whoever audits as a role that LiteLLM, or anyone else, uses: to revoke its rights could stop what uses it. */
export function ownRole(role: string): Advice {
  return {
    text: `For audits on a schedule, create a role of its own for the auditor, which reads no key and changes nothing. Revoke nothing from ${role}: LiteLLM may use it.`,
    command: 'npm run --silent database-setup',
  };
}

/**
 * The steps that take from a role what is beyond the known set. Statements are given for the auditor's own role alone, which bears the mark of the
 * setup script: any other one may be in use, and a REVOKE from it could stop a proxy.
 */
export function reduceRights(
  { name, isMarked }: { readonly name: string; readonly isMarked: boolean },
  excess: readonly ExcessPrivilege[],
): readonly Advice[] {
  if (!isMarked || excess.some(({ right }) => right === 'SUPERUSER')) return [ownRole(name)];
  const statements = excess.flatMap((each) => statement(name, each));
  const covered = excess.some(({ place, holder }) => holder === 'role' && (place === 'litellm' || place === 'auditor'));
  const others = excess.filter(
    ({ place, holder, right }) => place === 'elsewhere' || holder === 'group' || right === 'OWNER',
  );
  return [
    ...(statements.length === 0 ? [] : [{ text: 'As the RDS master user:', command: statements.join('\n') }]),
    ...(covered
      ? [
          {
            text: "Run the setup script as the owner of LiteLLM's tables. It revokes what the role has on LiteLLM's tables and on the auditor's schema, and grants what an audit requires:",
            command: 'npm run --silent database-setup',
          },
        ]
      : []),
    ...(others.length === 0
      ? []
      : [
          {
            text: 'The other rights are outside of what the setup script manages. Have their owner check whether they are needed.',
          },
        ]),
  ];
}

function statement(role: string, { right, object, place }: ExcessPrivilege): readonly string[] {
  if (place !== 'role') return [];
  const name = escapeIdentifier(role);
  if (right === 'MEMBER') return [`REVOKE ${escapeIdentifier(object)} FROM ${name};`];
  if (right === 'ADMIN') return [`REVOKE ADMIN OPTION FOR ${escapeIdentifier(object)} FROM ${name};`];
  return [`ALTER ROLE ${name} NO${right};`];
}
