import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { awsFaults } from './aws-arguments.ts';
import { type Call, RecordedShell } from './recorded-shell.ts';
import { shownCommands } from './shown.ts';

const SHELL = /^(?:[A-Z]+="|umask |aws |kubectl |psql |curl |openssl |nc |getent |npm |python )/;
const commands = shownCommands().filter(({ command }) => SHELL.test(command));

/** The arguments that each program accepts here; in capitals what a command fills in. */
const ACCEPTED: Readonly<Record<string, readonly RegExp[]>> = {
  kubectl: [/^get pods --all-namespaces --field-selector status\.podIP=[\da-f.:]+$/],
  psql: [
    /^\S+ -At -c SELECT .*$/s,
    /^host=\S+ port=\d+ dbname=\S+ user=\S+ sslmode=[\w-]+.* -c SELECT 1$/,
    /^\S+ -c SELECT 1$/,
  ],
  curl: [
    /^-fsSO https:\/\/truststore\.pki\.rds\.amazonaws\.com\/global\/global-bundle\.pem$/,
    /^--silent --show-error --write-out \\n%\{http_code\}\\n https:\/\/proxy\.example\/health\/readiness$/,
  ],
  openssl: [
    /^s_client -starttls postgres -connect \S+:\d+$/,
    /^x509 -noout -issuer -subject -enddate -ext subjectAltName$/,
  ],
  nc: [/^-vz -w \d+ \S+ \d+$/],
  getent: [/^hosts \S+$/],
  python: [/^-c import importlib\.metadata as m; print\(m\.version\('litellm'\)\)$/],
};

function faultsOf([program, ...args]: Call): readonly string[] {
  if (program === 'aws') return awsFaults(args);
  if (program === 'npm') return npmFaults(args);
  const line = args.join(' ');
  return ACCEPTED[program]?.some((pattern) => pattern.test(line)) ? [] : [`${program} ${line}`];
}

function npmFaults([run, silent, script = '']: readonly string[]): readonly string[] {
  return run === 'run' && silent === '--silent' && script in manifest.scripts ? [] : [`npm ${run} ${silent} ${script}`];
}

describe('a shell command that a message shows', () => {
  let shell: RecordedShell;
  beforeAll(async () => {
    shell = await RecordedShell.open();
  });
  afterAll(() => shell.close());

  it.each(commands)(
    'is understood by the shell and by each program it calls when $by shows it: $command',
    async ({ command }) => {
      const calls = await shell.calls(command);

      expect(calls).not.toEqual([]);
      expect(calls.flatMap(faultsOf)).toEqual([]);
    },
  );

  it.each([
    ['aws rds describe-event --duration 1', 'rds has no describe-event'],
    ['aws rds describe-events --source prod', 'rds describe-events has no --source'],
    ['aws rds reboot-db-instance prod', 'prod belongs to no option'],
  ])('is refused when it is %s', async (command, fault) => {
    expect((await shell.calls(command)).flatMap(faultsOf)).toEqual([fault]);
  });
});
