import * as z from 'zod';
import { awsFailure } from '../aws/aws-failure.ts';
import { giveWayTo, isWithoutWay } from '../aws/endpoints.ts';
import { failureOf, SourceError } from '../failure.ts';

/** What an HTTP header can carry. */
const keySchema = z.string().regex(/^[\x21-\x7e]{1,1000}$/);
/** Secrets Manager's own editor makes a JSON object of names and values. */
const namedKeySchema = z.object({ key: keySchema });

/**
 * The proxy's key from Secrets Manager: the secret itself, or its field `key`.
 * @throws SourceError, whose words carry nothing of the secret
 */
export async function readProxyKey(arn: string, signal: AbortSignal): Promise<string> {
  const secret = await secretString(arn, signal).catch((error: unknown) => {
    const failure = awsFailure(error, `secretsmanager:GetSecretValue on ${arn}`);
    throw new SourceError(
      isWithoutWay(failure.kind) ? { ...failure, remediation: giveWayTo(['secretsmanager']) } : failure,
    );
  });
  const key = parseKey(secret?.trim() ?? '');
  if (key !== undefined) return key;
  throw new SourceError(
    failureOf('unexpected-answer', {
      message: "The secret for the proxy's key holds neither a key alone nor a JSON object with the field key.",
    }),
  );
}

async function secretString(arn: string, signal: AbortSignal): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  // arn:aws:secretsmanager:REGION:...
  const client = new SecretsManagerClient({ region: arn.split(':')[3], maxAttempts: 3 });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: signal });
    return SecretString;
  } finally {
    client.destroy();
  }
}

function parseKey(secret: string): string | undefined {
  if (!secret.startsWith('{')) return keySchema.safeParse(secret).data;
  try {
    return namedKeySchema.safeParse(JSON.parse(secret)).data?.key;
  } catch {
    return undefined;
  }
}
