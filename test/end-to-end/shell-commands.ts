const tools = 'npm|npx|siem-export|aws|az|gcloud|git|sha256sum|unzip';

/** Every command of a page: the lines of its shell blocks, and inline code that begins with the name of a tool. */
export function shellCommands(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const inline = [...prose.matchAll(new RegExp(`\`((?:${tools})\\s[^\`]+)\``, 'g'))].map(
    ([, code = '']) => code,
  );
  return [...blocks.flatMap(linesOf), ...inline].flatMap(commandsOf);
}

/** The lines of a block; one that ends in a backslash or inside quotes continues on the next. */
function linesOf(block: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of block.split('\n')) {
    const whole = open + line;
    const quotes = whole.match(/'/g)?.length ?? 0;
    if (line.endsWith('\\')) open = whole.slice(0, -1);
    else if (quotes % 2 === 1) open = `${whole}\n`;
    else {
      lines.push(whole);
      open = '';
    }
  }
  return lines;
}

/** The commands of a line without comments; quoted text is kept. */
function commandsOf(line: string): string[] {
  if (line.includes("'")) return [line.trim()];
  const [code = ''] = line.split(/(?:^|\s)#\s/);
  return code
    .split(/\s&&\s/)
    .map(command => command.replaceAll(/\s+/g, ' ').trim())
    .filter(command => command !== '');
}
