#!/usr/bin/env node
// Runs the command line with Node 24, which this package installs, even if the shell finds an older version first.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

const program = new URL('./siem-export.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache();
  await import(program.href);
} else {
  const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (existsSync(node)) {
    const script = fileURLToPath(import.meta.url);
    const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
    // Without this handler a signal would end this process while the child still prints what it has done so far.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.once('exit', status => {
      process.exitCode = status ?? 4;
    });
  } else {
    console.error('siem-export: Node 24 is missing; run "npm ci" first');
    process.exitCode = 3;
  }
}
