import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { wrapped } from '../../../../cli/terminal/wrap.ts';

test('a long line goes on below its own words', () => {
  expect(wrapped('  ✓ an object may be created under audit', 20)).toBe(
    '  ✓ an object\n    may be created\n    under audit',
  );
});

test('a command that is broken is the same to a shell', () => {
  const command = 'npx siem-export --stage prod account update acme --bucket-region eu-central-1';
  const lines = wrapped(`    → ${command}`, 40);
  expect(lines.split('\n').length).toBeGreaterThan(1);
  const pasted = lines.replace('→ ', '').replace('npx siem-export', 'echo npx siem-export');
  expect(String(spawnSync('sh', ['-c', pasted]).stdout)).toBe(`${command}\n`);
});

test('no word is ever broken, none is lost, and only a word too long for it makes a line too long', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'é', '東', '👩‍👩‍👧', '-', '/'),
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 100 }), (words, columns) => {
      const lines = wrapped(`✗ ${words.join(' ')}`, columns).split('\n');
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(['✗', ...words]);
      for (const line of lines)
        if (line.trim().replace('✗ ', '').includes(' '))
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }),
  );
});
