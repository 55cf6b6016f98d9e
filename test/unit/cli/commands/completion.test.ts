import { execFileSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../../cli/main.ts';

async function completionOf(shell: string): Promise<string> {
  const output = new PassThrough();
  const exitCode = await runCommandLine(['completion', shell], {
    input: new PassThrough(),
    output,
    errors: new PassThrough(),
    putClockForward: () => undefined,
  });
  output.end();
  expect(exitCode).toBe(0);
  return text(output);
}

function completedByBash(script: string, line: readonly string[]): string[] {
  const words = line.map(word => `'${word}'`).join(' ');
  const ask = `compopt() { :; }; COMP_WORDS=(${words}); COMP_CWORD=${line.length - 1}; _siem_export; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

test('bash completes commands, their commands and their options', async () => {
  const script = await completionOf('bash');
  expect(completedByBash(script, ['siem-export', 'de'])).toEqual(['deliveries']);
  expect(completedByBash(script, ['siem-export', '--local', 'account', 'i'])).toEqual(['import']);
  expect(completedByBash(script, ['siem-export', 'account', 'add', '--role'])).toEqual(['--role-arn']);
  expect(completedByBash(script, ['siem-export', 'status', '--st'])).toEqual(['--stage', '--state-file']);
  expect(completedByBash(script, ['siem-export', 'completion', 'z'])).toEqual(['zsh']);
});

test('zsh and fish get scripts with every command', async () => {
  for (const shell of ['zsh', 'fish']) {
    const script = await completionOf(shell);
    for (const command of ['redeliver', 'doctor', 'import', 'as-it-is-now'])
      expect(script).toContain(command);
  }
});
