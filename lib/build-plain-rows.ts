import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from 'assemblyscript/asc';

const folder = join(import.meta.dirname, '../lambdas/archive/plain-rows');
export const moduleFile = join(folder, 'module.ts');

/**
 * Compiles `assembly.ts` to WebAssembly and returns the text of `module.ts`, which contains it. `module.ts` is
 * committed, so the compiler is needed only after a change of `assembly.ts`. A test checks that both match.
 */
export async function compilePlainRows(): Promise<string> {
  const output = mkdtempSync(join(tmpdir(), 'siem-export-assembly-'));
  try {
    const binary = join(output, 'module.wasm');
    const options = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
    const { error, stderr } = await main([join(folder, 'assembly.ts'), '--outFile', binary, ...options]);
    if (error) throw new Error(`assembly.ts does not compile:\n${stderr}`, { cause: error });
    return moduleText(readFileSync(binary));
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

function moduleText(binary: Buffer): string {
  const lines = binary.toString('base64').match(/.{1,100}/g) ?? [];
  const text = lines.map(line => `  '${line}'`).join(' +\n');
  return `/** \`assembly.ts\` compiled, in base64: made by \`npm run build:plain-rows\`. */\nexport const moduleBase64 =\n${text};\n`;
}

if (import.meta.main) writeFileSync(moduleFile, await compilePlainRows());
