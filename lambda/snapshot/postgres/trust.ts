import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, rootCertificates } from 'node:tls';
import { CertificateError, certificatesIn } from '../../core/certificates.ts';
import type { Target } from '../../settings/settings.ts';
import { failureOf, SourceError } from '../failure.ts';

/** In Lambda's Node runtime; holds the CAs of Amazon RDS (AWS Lambda developer guide, Node.js 20 and later). */
const LAMBDA_CA_FILE = '/var/runtime/ca-cert.pem';

/**
 * The TLS options for a host: its certificate has to come from a CA in `caFile` (or the Lambda runtime's own file where none is named), from one
 * of `authorities`, or from a public one, which RDS Proxy has, and has to name the host.
 * @throws SourceError when `caFile` cannot be used.
 */
export async function trustFor({ host, tls }: Target): Promise<ConnectionOptions | false> {
  if (tls.mode === 'off') return false;
  return {
    // `ca` replaces Node's own list, so all are given.
    ca: [...(await fileAuthorities(tls.caFile)), ...(tls.authorities ?? []), ...rootCertificates],
    minVersion: 'TLSv1.2',
    servername: isIP(host) === 0 ? host : undefined,
    // Without a server name, Node would check for `localhost`.
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}

async function fileAuthorities(caFile: string | undefined): Promise<readonly string[]> {
  if (caFile === undefined)
    return readFile(LAMBDA_CA_FILE, 'utf8').then(
      (pem) => [pem],
      () => [],
    );
  try {
    return certificatesIn(await readFile(caFile, 'utf8'));
  } catch (error) {
    const why = error instanceof CertificateError ? error.message : 'cannot be read';
    throw new SourceError(
      failureOf('ca-file', {
        message: `The CA file ${why}, so no certificate can be checked.`,
        remediation: { text: 'Name a readable PEM file of certificate authorities.' },
      }),
    );
  }
}
