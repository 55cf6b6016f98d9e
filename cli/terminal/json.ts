/** What `--json` prints. No key may be `undefined`, which JSON leaves out: what is absent is `null`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
