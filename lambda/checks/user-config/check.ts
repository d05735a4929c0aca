import type { Advice } from '../../core/finding.ts';
import { counted } from '../../core/text.ts';
import type { Uncertainty } from '../../core/uncertainty.ts';
import { fixedIn, knownIssuesOf } from '../../litellm/known-issues.ts';
import { targetWords } from '../../litellm/upgrade.ts';
import type { LitellmVersion } from '../../litellm/version.ts';
import type { UserConfigSeen } from '../../snapshot/snapshot.ts';
import { type CheckResult, defineCheck, notEvaluated, risk } from '../check.ts';
import { noTable, unreadTable } from '../not-evaluated.ts';

const FORGERY = 'PYSEC-2026-4070';
/** The fix refuses user_config by default. */
const FORGERY_FIX = fixedIn('GHSA-hx8v-g79f-8w5f');

export const userConfig = defineCheck({
  id: 'user-config',
  title: 'No request carries a Router configuration of its own.',
  kind: 'risk',
  needs: ['litellm'],
  evaluate({ seen: { litellm }, snapshot, model }, settings) {
    const seen = litellm.userConfig;
    const subject = `database ${snapshot.database}`;
    switch (seen.state) {
      case 'no-table':
        return [noTable('LiteLLM_SpendLogs', snapshot, settings)];
      case 'hidden':
        return [
          notEvaluated({
            subject,
            summary: `The role ${settings.target.user} may not count the requests that carry a user_config.`,
            advice: [seen.remediation],
          }),
        ];
      case 'failed':
        return [unreadTable(seen, 'litellm', snapshot)];
      case 'seen':
        return [evaluateSeen(seen, subject, model.version)];
    }
  },
});

export type UserConfigFacts = {
  readonly requests: number;
  readonly withBody: number;
  readonly withUserConfig: number;
  readonly requestForgery?: string;
};

type Seen = Extract<UserConfigSeen, { readonly state: 'seen' }>;

const STORE_BODIES: Advice = {
  text: 'To see them, set store_prompts_in_spend_logs: true in general_settings of config.yaml for an hour or two. It stores whole prompts in the database: ask whoever is responsible for their content first. Without it, search the callers for user_config.',
};

function evaluateSeen(seen: Seen, subject: string, version: LitellmVersion | null): CheckResult<UserConfigFacts> {
  const { requests, withBody, withUserConfig } = seen;
  const looked = `of the last hour's ${counted(requests, 'request')}`;
  const facts = { requests, withBody, withUserConfig };
  if (withUserConfig > 0) {
    const [carry, their] = withUserConfig === 1 ? ['carries', 'its'] : ['carry', 'their'];
    return risk({
      status: 'warning',
      subject,
      summary: `${withUserConfig} ${looked} ${carry} ${their} own Router configuration (user_config), and LiteLLM builds a Router for each${refusedByDefault(version) ? ', which an administrator has allowed' : ''}.`,
      facts: { ...facts, requestForgery: forgery(version) },
      advice: ADVICE,
      uncertainty: partly(seen),
    });
  }
  if (requests === 0) {
    return risk({
      status: 'info',
      subject,
      summary: 'No request was logged in the last hour.',
      facts,
    });
  }
  if (withBody === 0) {
    return notEvaluated({
      subject,
      summary: `None ${looked} was stored with its body, so a user_config would not be seen.`,
      evidence: facts,
      advice: [STORE_BODIES],
    });
  }
  return risk({
    status: 'ok',
    subject,
    summary: `${withBody} ${looked} ${withBody === 1 ? 'was' : 'were'} stored with a body, and none of these carries a user_config.`,
    facts,
    uncertainty: {
      confidence: 'medium',
      reason: 'This proves little: bodies that were not stored, and older requests, can hold one.',
    },
  });
}

const ADVICE: readonly Advice[] = [
  {
    text: 'Find the callers that send user_config (clientside router settings of the OpenAI client, in extra_body) and move its content into config.yaml or the settings of their key or team.',
  },
  {
    text: `LiteLLM before ${FORGERY_FIX} lets a user_config make the proxy call any address (${FORGERY}): upgrade to ${targetWords()}. From then on it is refused unless allow_client_side_credentials or the model allows it.`,
  },
];

function refusedByDefault(version: LitellmVersion | null): boolean {
  return version !== null && !hasForgery(version);
}

function hasForgery(version: LitellmVersion): boolean {
  return knownIssuesOf(version, { iam: false }).some(({ advisory }) => advisory?.aliases.includes(FORGERY));
}

/** Whether the version that runs has the issue that makes such a request an attack. */
function forgery(version: LitellmVersion | null): string {
  if (version === null) return `${FORGERY} affects versions before ${FORGERY_FIX}; the version that runs is not known`;
  return hasForgery(version)
    ? `${FORGERY} affects ${version.text}`
    : `${FORGERY} is not known to affect ${version.text}`;
}

function partly({ requests, withBody }: Seen): Uncertainty | null {
  return withBody < requests
    ? {
        confidence: 'medium',
        reason: `Only ${withBody} of ${requests} requests were stored with their body: there can be more.`,
      }
    : null;
}
