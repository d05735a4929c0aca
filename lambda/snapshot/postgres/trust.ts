import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';
import type { Target } from '../../settings/settings.ts';
import { failureOf, SourceError } from '../failure.ts';

/** In Lambda's Node runtime; holds the CAs of Amazon RDS (AWS Lambda developer guide, Node.js 20 and later). */
const LAMBDA_CA_FILE = '/var/runtime/ca-cert.pem';

/**
 * The TLS options for a host: its certificate has to come from a CA in `caFile` (or the Lambda runtime's own file where none is named)
 * or from a public one, which RDS Proxy has, and has to name the host.
 * @throws SourceError when `caFile` cannot be read.
 */
export async function trustFor(target: Target): Promise<ConnectionOptions | false> {
  if (target.tls.mode === 'off') return false;
  const { host } = target;
  return {
    // `ca` replaces Node's own list, so both are given.
    ca: [...(await extraAuthorities(target.tls.caFile)), ...rootCertificates],
    minVersion: 'TLSv1.2',
    servername: isIP(host) === 0 ? host : undefined,
    // node-postgres leaves the host out for an IP address; Node would then check for `localhost`.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}

async function extraAuthorities(caFile: string | undefined): Promise<readonly string[]> {
  if (caFile !== undefined) {
    try {
      return [await readFile(caFile, 'utf8')];
    } catch {
      throw new SourceError(
        failureOf('tls-untrusted', {
          message: `The CA file ${caFile} cannot be read, so no certificate can be checked.`,
          remediation: { text: 'Name a readable PEM file of certificate authorities.' },
        }),
      );
    }
  }
  try {
    return [await readFile(LAMBDA_CA_FILE, 'utf8')];
  } catch {
    return []; // Not in Lambda: the public roots alone.
  }
}
