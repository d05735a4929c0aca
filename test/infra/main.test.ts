import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs the app as the CDK command does. */
function runApp(context: object) {
  return spawnSync(process.execPath, ['infra/main.ts'], {
    encoding: 'utf8',
    env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}

describe('the app', () => {
  it('prints only the sentence, with exit status 1, when the configuration does not exist', () => {
    const { status, stderr, stdout } = runApp({ config: 'nowhere.json' });

    expect({ status, stderr, stdout }).toEqual({
      status: 1,
      stderr:
        'nowhere.json does not exist. Create it with "cp auditor.config.example.json auditor.config.json" and fill it in. To use another file, give cdk "-c config=FILE" or database-setup "--config FILE".\n',
      stdout: '',
    });
  });
});
