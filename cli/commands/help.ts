import type { Command } from 'commander';

/** Commander’s own help command ignores words after the first: `help account add` would show the help of `account`. */
export function registerHelp(program: Command): void {
  program
    .command('help')
    .description('show the help of a command')
    .argument('[command...]', 'its words: account add')
    .action((words: readonly string[]) => {
      let command = program;
      for (const word of words) {
        const found = command.commands.find(child => child.name() === word);
        if (found === undefined) command.error(`error: unknown command '${word}'`);
        else command = found;
      }
      command.help();
    });
}
