import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultActionsFile, readActionsFile } from '../../../readers/actions-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-actions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = join(folder, 'actions.json');
const read = (content: string) => {
  writeFileSync(path, content);
  return readActionsFile(path);
};

describe('a file of actions', () => {
  it('gives its rules', () => {
    expect(read('{"rules": [{"exact": "Signed in", "verb": "login"}]}')).toEqual({
      data: [{ kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'unknown' }],
      faults: [],
    });
    expect(readActionsFile(defaultActionsFile).faults).toEqual([]);
  });

  it('has all its faults told, with its path', () => {
    expect(read('{"rules": [{"exact": "x", "verb": "y"}, {"verb": "login"}]}').faults).toEqual([
      expect.stringMatching(/^.*actions\.json: rules\.0\.verb: expected login or /),
      `${path}: rules.1: expected one of exact, prefix, glob, got map`,
    ]);
  });

  it('that is no JSON, such as a credential that was named by mistake, is not quoted', () => {
    expect(read('AKIAEXAMPLE:secret')).toEqual({ faults: [`${path} is not JSON`] });
    expect(read('{"secretAccessKey": wJalr')).toEqual({ faults: [`${path} is not JSON`] });
  });

  it('that is not there cannot be read', () => {
    expect(readActionsFile(join(folder, 'nothing.json')).faults).toEqual([
      `${join(folder, 'nothing.json')} cannot be read`,
    ]);
    expect(readActionsFile(folder).faults).toEqual([`${folder} cannot be read`]);
  });
});
