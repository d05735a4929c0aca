import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import { knownIssuesOf } from '../../litellm/known-issues.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import { parseLitellmVersion } from '../../litellm/version.ts';
import { noTable } from '../../model/litellm-tables.ts';
import { runningVersion } from '../../model/running-version.ts';
import type { Snapshot, UserConfigSeen } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { mend, result } from '../result.ts';

/** knowledge/litellm.md section 5; fixed in 1.83.9. */
const FORGERY = 'PYSEC-2026-4070';

export const userConfig = defineCheck({
  id: 'user-config',
  title: 'No request carries a Router configuration of its own.',
  needs: ['litellm'],
  judge({ source: { litellm }, snapshot }, settings) {
    const seen = litellm.userConfig;
    const subject = `database ${snapshot.database}`;
    switch (seen.state) {
      case 'no-table':
        return [noTable('LiteLLM_SpendLogs', snapshot, settings)];
      case 'hidden':
        return [
          result({
            status: 'unknown',
            subject,
            summary: `The role ${settings.target.user} may not count the requests that carry a user_config.`,
            advice: [mend(seen.missing)],
          }),
        ];
      case 'seen':
        return [judgeSeen(seen, subject, snapshot)];
    }
  },
});

type Seen = Extract<UserConfigSeen, { readonly state: 'seen' }>;

const STORE_BODIES: Advice = {
  text: 'To see them, set store_prompts_in_spend_logs: true in general_settings of config.yaml for an hour or two. It stores whole prompts in the database: ask whoever answers for their content first. Without it, search the callers for user_config.',
};

function judgeSeen(seen: Seen, subject: string, snapshot: Snapshot): CheckResult {
  const { requests, withBody, withUserConfig } = seen;
  const looked = `of the last hour's ${counted(requests, 'request')}`;
  const evidence = { requests, withBody, withUserConfig };
  if (withUserConfig > 0) {
    const [carry, their] = withUserConfig === 1 ? ['carries', 'its'] : ['carry', 'their'];
    return result({
      status: 'warning',
      subject,
      summary: `${withUserConfig} ${looked} ${carry} ${their} own Router configuration (user_config), and LiteLLM builds a Router for each.`,
      evidence: { ...evidence, requestForgery: forgery(snapshot) },
      advice: ADVICE,
      uncertainty: partly(seen),
    });
  }
  if (requests === 0) {
    return result({
      status: 'info',
      subject,
      summary: 'No request was logged in the last hour: none to look at.',
      evidence,
    });
  }
  if (withBody === 0) {
    return result({
      status: 'unknown',
      subject,
      summary: `None ${looked} was stored with its body, so a user_config would not be seen.`,
      evidence,
      advice: [STORE_BODIES],
    });
  }
  return result({
    status: 'ok',
    subject,
    summary: `${withBody} ${looked} ${withBody === 1 ? 'was' : 'were'} stored with a body, and none of these carries a user_config.`,
    evidence,
    uncertainty: {
      confidence: 'medium',
      reason: 'Absence proves little: bodies that were not stored, and older requests, can hold one.',
    },
  });
}

const ADVICE: readonly Advice[] = [
  {
    text: 'Find the callers that send user_config (clientside router settings of the OpenAI client, in extra_body) and move what it says into config.yaml or the settings of their key or team.',
  },
  {
    text: `LiteLLM up to 1.83.8 lets a user_config make the proxy call any address (${FORGERY}): upgrade to ${targetWords()}.`,
  },
];

/** Whether the version that runs has the fault that makes such a request an attack. */
function forgery(snapshot: Snapshot): string {
  const running = runningVersion(snapshot);
  const version = running === null ? null : parseLitellmVersion(running.version);
  if (version === null || running?.lowerBound)
    return `${FORGERY} holds up to 1.83.8; the version that runs is not known`;
  const affected = knownIssuesOf(version, { iam: false }).some(({ advisory }) => advisory?.aliases.includes(FORGERY));
  return affected ? `${FORGERY} holds for ${version.text}` : `${FORGERY} is not known of ${version.text}`;
}

function partly({ requests, withBody }: Seen): Parameters<typeof result>[0]['uncertainty'] {
  return withBody < requests
    ? {
        confidence: 'medium',
        reason: `Only ${withBody} of ${requests} requests were stored with their body: there can be more.`,
      }
    : null;
}
