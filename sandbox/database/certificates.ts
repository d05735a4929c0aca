import { generate } from 'selfsigned';

/** What the IAM proxy shows: a good certificate for `localhost`, or one of those that a client has to refuse. */
export type ServerCertificateKind = 'good' | 'wrong-name' | 'expired' | 'other-authority';

/** PEM texts; `certificate` is followed by its CA, as RDS sends it. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

export interface Certificates {
  /** The CA that clients trust, PEM. */
  readonly authority: string;
  /** Made at the first call, kept for the next. */
  server(kind: ServerCertificateKind): Promise<KeyPair>;
  readonly proxyClient: KeyPair;
}

/** Common name of the IAM proxy's client certificate: PostgreSQL lets its holder act as any IAM user. */
export const PROXY_COMMON_NAME = 'iam-auth-proxy';

const KEYS = { keyType: 'ec', algorithm: 'sha256' } as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Makes a temporary CA, whose key is in this process's memory only, and the IAM proxy's client certificate. */
export async function createCertificates(): Promise<Certificates> {
  const authority = await createAuthority('Sandbox database CA');
  const servers = new Map<ServerCertificateKind, Promise<KeyPair>>();
  return {
    authority: authority.certificate,
    server(kind) {
      const server = servers.get(kind) ?? createServer(kind, authority);
      servers.set(kind, server);
      return server;
    },
    proxyClient: await issue(authority, PROXY_COMMON_NAME, {
      extensions: [{ name: 'extKeyUsage', clientAuth: true }],
    }),
  };
}

async function createServer(kind: ServerCertificateKind, trusted: KeyPair): Promise<KeyPair> {
  const authority = kind === 'other-authority' ? await createAuthority('Sandbox CA that nobody trusts') : trusted;
  const now = Date.now();
  return issue(authority, kind === 'wrong-name' ? 'other.example' : 'localhost', {
    notBeforeDate: new Date(now - 2 * DAY_MS),
    notAfterDate: new Date(kind === 'expired' ? now - HOUR_MS : now + DAY_MS),
    extensions: [
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames:
          kind === 'wrong-name'
            ? [{ type: 2, value: 'other.example' }]
            : [
                { type: 2, value: 'localhost' },
                { type: 7, ip: '127.0.0.1' },
                { type: 7, ip: '::1' },
              ],
      },
    ],
  });
}

async function createAuthority(commonName: string): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...KEYS,
    notBeforeDate: new Date(Date.now() - 2 * DAY_MS),
    notAfterDate: new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, certificate: made.cert };
}

async function issue(
  authority: KeyPair,
  commonName: string,
  options: Parameters<typeof generate>[1],
): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    ...KEYS,
    ...options,
    ca: { key: authority.key, cert: authority.certificate },
  });
  return { key: made.private, certificate: `${made.cert}\n${authority.certificate}\n` };
}
