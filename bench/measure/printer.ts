/**
 * Prints text for people. With `json`, standard output gets only the JSON result, and the text goes to standard error.
 */
export function createPrinter(json: boolean) {
  return {
    line: (text: string) => (json ? console.error(text) : console.log(text)),
    result(result: object) {
      if (json) console.log(JSON.stringify(result));
    },
  };
}
