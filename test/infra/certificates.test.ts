import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileCertificates, regionCertificates } from '../../infra/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, 'ca.pem');
  writeFileSync(path, content);
  return path;
}

const pem = regionCertificates('eu-central-1') ?? '';
const [first = ''] = pem.split(/(?<=-----END CERTIFICATE-----\n)/);

describe("a region's certificates", () => {
  it('are its three current root CAs when the package has them', () => {
    const subjects = pem
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((block) => /CN=(.*)/.exec(new X509Certificate(block).subject)?.[1]);

    expect(subjects.sort()).toEqual([
      'Amazon RDS eu-central-1 Root CA ECC384 G1',
      'Amazon RDS eu-central-1 Root CA RSA2048 G1',
      'Amazon RDS eu-central-1 Root CA RSA4096 G1',
    ]);
  });

  it.each([
    'ap-east-2',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
    'ca-west-1',
    'il-central-1',
    'mx-central-1',
    'us-gov-west-1',
    'cn-north-1',
  ])('are none when the region is %s', (region) => {
    const none = regionCertificates(region);

    expect(none).toBeUndefined();
  });
});

describe("a file's certificates", () => {
  it('are those alone when a private key stands between them', () => {
    const path = fileWith(`# ours\r\n${first}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n${first}`);

    const certificates = fileCertificates(path);

    expect(certificates).toBe(first + first);
  });

  it.each([
    ['', 'holds no certificate'],
    ['-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n', 'holds no certificate'],
    [
      `${first}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
      'holds an invalid certificate, number 2 of 2',
    ],
  ])('are refused when the file holds %j', (content, message) => {
    const path = fileWith(content);

    expect(() => fileCertificates(path)).toThrow(message);
  });
});
