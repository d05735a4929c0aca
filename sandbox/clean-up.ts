/** Stops or removes what was started, last first. */
export class CleanUp {
  readonly #steps: (() => Promise<void>)[] = [];

  /** Returns its first argument, for `const database = cleanUp.add(await start(), (it) => it.stop())`. */
  add<Started>(started: Started, stop: (started: Started) => Promise<void>): Started {
    this.#steps.push(() => stop(started));
    return started;
  }

  /**
   * Runs every step once, also after one has failed.
   * @throws AggregateError of what failed
   */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be stopped.');
  }
}
