import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that mostly wait. Vitest itself takes large files first, and these are small: one would run alone at the end. */
const LONGEST = /\/test\/(scenarios\/|sandbox\/start\.|handler\/)/;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [
      ...sorted.filter(({ moduleId }) => LONGEST.test(moduleId)),
      ...sorted.filter(({ moduleId }) => !LONGEST.test(moduleId)),
    ];
  }
}
