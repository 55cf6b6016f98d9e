/** Prints for people, and with `json` for programs: then all but the last line goes to standard error. */
export function createPrinter(json: boolean) {
  return {
    line: (text: string) => (json ? console.error(text) : console.log(text)),
    result(result: object) {
      if (json) console.log(JSON.stringify(result));
    },
  };
}
