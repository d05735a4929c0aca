import { X509Certificate } from 'node:crypto';

/** A text without certificates that can be used; the message follows what it was read from. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/**
 * The certificates in a PEM text, and nothing else that it may hold, such as a private key.
 * @throws CertificateError if it holds no certificate or an invalid one.
 */
export function certificatesIn(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new CertificateError('holds no certificate');
  blocks.forEach((block, index) => {
    try {
      new X509Certificate(block);
    } catch {
      throw new CertificateError(`holds an invalid certificate, number ${index + 1} of ${blocks.length}`);
    }
  });
  return blocks;
}
