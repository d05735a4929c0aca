import { commandText } from './untrusted-text.ts';

/** More than that nobody runs from one email. */
const MOST_COMMANDS = 6;
/** Lines of all of them together: with the text, an email has at most 100. */
const MOST_LINES = 40;

/** What is left of the room for commands in one message. Half a command is worse than none, so each is there as a whole or not at all. */
export class CommandBudget {
  #commands = MOST_COMMANDS;
  #lines = MOST_LINES;

  /** The command, when there is one and there is room for it. */
  take(command: string | undefined): readonly { readonly command: string }[] {
    if (command === undefined) return [];
    const text = commandText(command).replaceAll(/\n{2,}/g, '\n');
    // An empty line stands before and after it.
    const lines = text.split('\n').length + 2;
    if (this.#commands === 0 || lines > this.#lines) return [];
    this.#commands -= 1;
    this.#lines -= lines;
    return [{ command: text }];
  }
}
