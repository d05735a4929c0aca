import { type Stack, Token, Validations } from 'aws-cdk-lib';
import { Effect, type Role } from 'aws-cdk-lib/aws-iam';
import type { Permission } from './permissions.ts';

/** Acknowledges a role's wildcards for cdk-nag: once per pattern, with the reasons of the permissions themselves. */
export function acknowledgeWildcards(stack: Stack, role: Role, permissions: readonly Permission[]): void {
  const allowing = permissions.filter(({ effect }) => effect === Effect.ALLOW);
  const patterns = new Set(allowing.flatMap(({ resources }) => resources.filter((resource) => resource.endsWith('*'))));
  for (const pattern of patterns) {
    const reasons = allowing
      .filter(({ resources }) => resources.includes(pattern))
      .map(({ sid, why }) => `${sid}: ${why}`);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${formatForNag(stack, pattern)}]`,
      reason: reasons.join(' '),
    });
  }
}

/** cdk-nag shows a value that only CloudFormation knows as a placeholder, such as <AWS::AccountId>. */
function formatForNag(stack: Stack, resource: string): string {
  return Object.entries({ '<AWS::AccountId>': stack.account, '<AWS::Partition>': stack.partition }).reduce(
    (text, [placeholder, value]) => (Token.isUnresolved(value) ? text.replaceAll(value, placeholder) : text),
    resource,
  );
}
