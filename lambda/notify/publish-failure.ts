import * as z from 'zod';

/** What is known of a failed publish. The error's own message is not: it may hold what was sent. */
interface Circumstances {
  readonly topicArn: string;
  readonly timeoutMs: number;
  readonly isTimeout: boolean;
}

const errorSchema = z.object({ name: z.string().catch(''), code: z.string().optional().catch(undefined) });

/** What to do by error code (SNS API reference, Publish; without the suffix Exception), the first that matches. */
const REMEDIATIONS: readonly (readonly [RegExp, (circumstances: Circumstances) => string])[] = [
  [
    /^KMSAccessDenied$/,
    () =>
      "The topic is encrypted, and the function's role may not use its key: allow it kms:GenerateDataKey and kms:Decrypt in its policy and in the key's.",
  ],
  [
    /^KMS(Disabled|InvalidState|NotFound|OptInRequired)$/,
    () => "The topic's key cannot be used: check that it exists, is enabled and is not about to be deleted.",
  ],
  [
    /throttl|TooManyRequests/i,
    () => 'SNS or its key accepts no more requests at the moment; the next audit publishes again.',
  ],
  [
    /^(AuthorizationError|AccessDenied)$/,
    ({ topicArn }) =>
      `Allow the function's role sns:Publish on ${topicArn}; the topic's policy and that of an interface endpoint must allow it too.`,
  ],
  [/^NotFound$/, ({ topicArn }) => `There is no topic ${topicArn}: correct topicArn, or deploy the stack again.`],
  [
    /^(CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSecurity|SignatureDoesNotMatch)$/,
    () =>
      "The AWS credentials are missing, expired or refused: check that the function's role exists, and that its clock is right.",
  ],
  [
    /^InvalidParameter(Value)?$/,
    ({ topicArn }) =>
      `SNS rejects the message or its topic ${topicArn} as malformed: check that topicArn names a standard topic.`,
  ],
  [
    /^(Timeout(Error)?|E[A-Z_]+)$/,
    () =>
      'SNS is out of reach: give the subnets of the function a route through NAT or an interface endpoint for sns, and allow outbound traffic to port 443 in its security group.',
  ],
];

/** A sentence with the error's code and what fixes it; nothing of the error's own text. */
export function publishFailure(error: unknown, circumstances: Circumstances): string {
  const code = codeOf(error, circumstances);
  const remediation = REMEDIATIONS.find(([pattern]) => pattern.test(code))?.[1](circumstances);
  const start = circumstances.isTimeout
    ? `SNS did not answer within ${circumstances.timeoutMs} ms (Timeout).`
    : `The message could not be published (${code}).`;
  return `${start} ${remediation ?? "The function's log and AWS CloudTrail have the details."}`;
}

function codeOf(error: unknown, { isTimeout }: Circumstances): string {
  if (isTimeout) return 'Timeout';
  const { name, code } = errorSchema.catch({ name: '' }).parse(error);
  // A network error is an `Error` with a code; the SDK's have their code as name.
  const given = /^E[A-Z_]+$/.test(code ?? '') ? (code ?? '') : name.replace(/Exception$/, '');
  return /^[\w.-]{1,60}$/.test(given) ? given : 'unknown error';
}
