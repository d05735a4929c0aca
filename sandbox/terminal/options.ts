import { parseArgs } from 'node:util';
import { SCENARIOS } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';

const NAMES = [...SCENARIOS.keys()];
const DEFAULT_SCENARIO = 'mixed';
const LONGEST_NAME = Math.max(...NAMES.map((name) => name.length));

export const HELP = `Starts a LiteLLM database with problems on this machine, audits it, and shows the messages that people would get.
It requires no AWS account and no database, and leaves nothing behind.

  npm start                          the email, the Slack card and the findings as a table
  npm start -- --scenario NAME       the same for another database
  npm start --silent -- --json       only the report, as JSON, on stdout
  npm start -- --help                this help

Scenarios (default: ${DEFAULT_SCENARIO}):

${[...SCENARIOS].map(([name, { description }]) => `  ${name.padEnd(LONGEST_NAME)}   ${description}`).join('\n')}
`;

/** A wrong argument; the message names it and says what is allowed. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

export interface Options {
  readonly scenario: Scenario;
  readonly json: boolean;
  readonly help: boolean;
}

/**
 * Reads the arguments of `npm start`.
 * @throws OptionsError
 */
export function parseOptions(args: readonly string[]): Options {
  const { scenario: name, ...flags } = parsed(args);
  const scenario = SCENARIOS.get(name);
  if (scenario !== undefined) return { scenario, ...flags };
  throw new OptionsError(`${JSON.stringify(name)} is not a scenario. Allowed are ${NAMES.join(', ')}.`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: DEFAULT_SCENARIO },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    // Node's first sentence names the argument; the rest is general advice.
    const [problem] = error instanceof Error ? error.message.split('. ') : [];
    throw new OptionsError(`${problem}. Allowed are --scenario NAME, --json and --help.`);
  }
}
