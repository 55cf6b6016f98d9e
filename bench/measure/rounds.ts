/**
 * Runs every variant once in each round (A B C A B C …), so that a change of the machine's speed affects all equally.
 *
 * @param run runs a variant once
 * @returns the results of each variant, by round
 */
export async function interleaved<Name extends string, Result>(
  names: readonly Name[],
  rounds: number,
  run: (name: Name, round: number) => Promise<Result>,
): Promise<Record<Name, Result[]>> {
  const results = Object.fromEntries(names.map(name => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of names) results[name].push(await run(name, round));
  return results;
}
