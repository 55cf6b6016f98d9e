import type { Command } from 'commander';

/** The library's own knows commands of the program only, so `help account add` would show what `help account` shows. */
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
