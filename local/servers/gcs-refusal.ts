/** An error answer in the form of the JSON API. */
export class GcsRefusal extends Error {
  override readonly name = 'GcsRefusal';
  readonly status: number;
  /** The API’s reason code, such as `conditionNotMet`. */
  readonly reason: string;

  /** The header that caused it, if any. */
  readonly header: string | undefined;

  constructor(status: number, reason: string, message: string, header?: string) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.header = header;
  }

  /** The answer's body. */
  get body(): Record<string, unknown> {
    const { status: code, reason, message, header } = this;
    const place = header === undefined ? {} : { locationType: 'header', location: header };
    return { error: { code, message, errors: [{ message, domain: 'global', reason, ...place }] } };
  }
}
