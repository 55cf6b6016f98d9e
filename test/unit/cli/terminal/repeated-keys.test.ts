import { expect, test } from 'vitest';
import { repeatedKeys } from '../../../../cli/terminal/repeated-keys.ts';

test.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}', []],
  ['{"a":"a","b":"\\"a\\":1,\\"a\\":2","c":["a","a"]}', []],
  ['{"a":1,"b":2,"a":3}', ['a']],
  ['{"d":{"type":"s3","type":"gcs"},"a":1,"\\u0061":2}', ['d.type', 'a']],
  ['{"l":[{"x":1,"x":2,"x":3}]}', ['l.x']],
  ['{ "a" : {} ,\r"a" : [ ] }', ['a']],
  ['[]', []],
])('of %j the keys %j are given twice', (json, keys) => {
  expect(repeatedKeys(json)).toEqual(keys);
});
