import type { Advice } from '../../core/finding.ts';
import { shellWord } from '../../core/text.ts';
import { describeRds } from '../remediation.ts';
import { AUDITORS_WAY, at, type Explanation, type FailedConnection } from './connection-error.ts';

const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
const EXPIRED = 'CERT_HAS_EXPIRED';

export const tlsUntrusted: Explanation = (failed) => ({
  happened: `The certificate of ${failed.place} is not trusted: ${reason(failed)}.`,
  ...AUDITORS_WAY,
  steps: steps(failed),
});

function reason({ failure: { code } }: FailedConnection): string {
  switch (code) {
    case undefined:
      return 'of another CA, for another name, or expired';
    case WRONG_NAME:
      return 'it is for another host name';
    case EXPIRED:
      return 'it has expired';
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet';
    default:
      return 'its CA is not known here';
  }
}

function steps({ failure: { code }, target, place }: FailedConnection): readonly Advice[] {
  const inspect = {
    text: 'See its issuer, name and expiry:',
    command: `openssl s_client -starttls postgres -connect ${shellWord(place)} </dev/null | openssl x509 -noout -issuer -subject -enddate -ext subjectAltName`,
  };
  const authority = {
    text: 'If the issuer is Amazon RDS, the CA of the region is missing. Fetch the bundle, and name the file as "caFile" in the configuration (in a shell: --ca-file):',
    command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
  };
  const endpoint = describeRds(
    target,
    'The host has to be the endpoint that RDS names, or the certificate is not valid for it:',
  );
  const other = {
    text: 'If the issuer is another one that you do not know, something is between the auditor and the database. Do not switch the verification off.',
  };
  if (code === WRONG_NAME) return [...endpoint, inspect, other];
  if (code === EXPIRED) {
    return [
      inspect,
      { text: 'Renew the certificate of the server. Every client that verifies it is refused too.' },
      other,
    ];
  }
  return [authority, inspect, ...endpoint, other];
}

export const tlsUnavailable: Explanation = ({ place }) => ({
  happened: `The server at ${place} does not offer TLS.`,
  ...AUDITORS_WAY,
  steps: [
    {
      text: 'RDS always offers TLS: check that host and port are those of the database, not of a pooler or another service.',
    },
    {
      text: 'On your own PostgreSQL, set ssl = on. From the shell, sslmode=disable audits a database on this machine.',
    },
  ],
});

export const tlsVersion: Explanation = ({ target, place, failure }) => ({
  happened: `${at(place, failure)} The auditor requires TLS 1.2, as PostgreSQL 13 and RDS offer it.`,
  ...AUDITORS_WAY,
  steps: [
    {
      text: 'See what it offers:',
      command: `openssl s_client -starttls postgres -connect ${shellWord(place)} </dev/null`,
    },
    ...describeRds(target, 'The host has to be the endpoint that RDS names, not an older proxy before it:'),
    {
      text: 'On your own PostgreSQL, set ssl_min_protocol_version to TLSv1.2 and leave ssl_max_protocol_version empty.',
    },
  ],
});

export const tlsFailed: Explanation = ({ place, failure }) => ({
  happened: `${at(place, failure)}${failure.code === undefined ? '' : ` OpenSSL calls it ${failure.code}.`}`,
  ...AUDITORS_WAY,
  steps: [
    {
      text: 'See how far TLS comes:',
      command: `openssl s_client -starttls postgres -connect ${shellWord(place)} </dev/null`,
    },
    { text: 'RDS accepts what OpenSSL offers: check that host and port are those of the database itself.' },
  ],
});

export const clientCertificate: Explanation = ({ place, failure }) => ({
  happened: `${at(place, failure)} The auditor has none: it logs in by IAM token or password.`,
  ...AUDITORS_WAY,
  steps: [
    { text: "RDS demands none: check that host and port are the database's own, not those of a TLS proxy before it." },
    {
      text: 'On your own server, let the auditor in without one (PostgreSQL: no clientcert in its line of pg_hba.conf).',
    },
  ],
});

export const caFile: Explanation = ({ failure, target: { tls } }) => ({
  happened: `${failure.message}${tls.mode === 'verify' && tls.caFile !== undefined ? ` It is ${tls.caFile}.` : ''}`,
  ...AUDITORS_WAY,
  steps: [
    {
      text: 'Fetch the CAs of Amazon RDS, and name the file as "caFile" in the configuration (in a shell: --ca-file):',
      command: 'curl -fsSO https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem',
    },
  ],
});
