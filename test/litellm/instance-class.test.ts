import { expect, it } from 'vitest';
import { instanceSize } from '../../lambda/litellm/instance-class.ts';

it.each([
  ['db.m6g.large', { vcpus: 2, memoryMib: 8192 }],
  ['db.serverless', null],
  ['', null],
  ['constructor', null],
  ['__proto__', null],
])('has a size by its own name only when the class is %s', (name, size) => {
  expect(instanceSize(name)).toEqual(size);
});
