import { Argument, type Command } from 'commander';
import type { Run } from '../run.ts';
import type { CommandContext } from '../stage/context.ts';
import type { Report } from '../terminal/report.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function registerCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
  alias siem-export='npx siem-export'

  bash: siem-export completion bash > ~/.local/share/bash-completion/completions/siem-export
  zsh:  siem-export completion zsh > "\${fpath[1]}/_siem-export"
  fish: siem-export completion fish > ~/.config/fish/completions/siem-export.fish`,
    )
    .action(
      run(async ({ terminal, json }: CommandContext, shell: Shell): Promise<Report> => {
        const script = scripts[shell](wordsByCommand(program));
        // Printed, not said: wrapping would break the script.
        if (!json) terminal.print(script);
        return { json: { shell, script }, lines: () => [] };
      }),
    );
}

/** The words that can follow each command: subcommands and options. The key of the program itself is `''`. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsByCommand(program: Command): Words {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, path: readonly string[]) => {
    const commands = command.commands.filter(({ _hidden }: Command & { _hidden?: boolean }) => !_hidden);
    const options = [...command.options, ...(path.length > 0 ? program.options : [])];
    words.set(path.join(' '), [
      ...commands.map(child => child.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ...options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : [])),
      '--help',
    ]);
    for (const child of commands) visit(child, [...path, child.name()]);
  };
  visit(program, []);
  return words;
}

/**
 * Code that works in bash and zsh. The words of `line` that are commands form `chain`; `candidates` are the words
 * that can follow it. The variables must not be called `path` or `words`: zsh uses these names.
 */
const findCandidates = (words: Words) => `  local chain='' candidates='' word
  for word in "\${line[@]}"; do
    case "\${chain:+$chain }$word" in
${[...words.keys()]
  .filter(path => path !== '')
  .map(path => `      '${path}') chain='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$chain" in
${[...words].map(([path, following]) => `    '${path}') candidates='${following.join(' ')}' ;;`).join('\n')}
  esac`;

const scripts: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: words => `# Completion of siem-export for bash
_siem_export() {
  local line=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
${findCandidates(words)}
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "\${COMP_WORDS[COMP_CWORD]}")
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default; fi
}
complete -F _siem_export siem-export`,

  zsh: words => `#compdef siem-export
# Completion of siem-export for zsh
_siem_export() {
  local -a line
  line=("\${(@)words[2,CURRENT-1]}")
${findCandidates(words)}
  compadd -- \${=candidates} || _files
}
# Autoloaded from fpath, this file is the body of the function and has to call it; sourced, it registers the function.
if [[ "\${funcstack[1]}" == _siem-export ]]; then _siem_export "$@"; else compdef _siem_export siem-export; fi`,

  fish: words =>
    [
      '# Completion of siem-export for fish',
      ...[...words].flatMap(([path, following]) =>
        following.map(word => {
          const condition = fishCondition(path, words);
          return word.startsWith('--')
            ? `complete -c siem-export -n '${condition}' -l ${word.slice(2)}`
            : `complete -c siem-export -f -n '${condition}' -a ${word}`;
        }),
      ),
    ].join('\n'),
};

function fishCondition(path: string, words: Words): string {
  // Checks for seen subcommands, not for the first word: the value of an option may come before the command.
  const seen = path === '' ? [] : path.split(' ').map(word => `__fish_seen_subcommand_from ${word}`);
  const children = (words.get(path) ?? []).filter(word => !word.startsWith('--'));
  return [
    ...seen,
    ...(children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : []),
  ].join('; and ');
}
