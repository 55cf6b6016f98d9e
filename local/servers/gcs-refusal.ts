/** An answer that refuses a request, in the form of the JSON API's errors. */
export class GcsRefusal extends Error {
  override readonly name = 'GcsRefusal';
  readonly status: number;
  /** The API's own word for it, such as `conditionNotMet`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  /** The answer's body. */
  get body(): Record<string, unknown> {
    const { status: code, reason, message } = this;
    return { error: { code, message, errors: [{ domain: 'global', reason, message }] } };
  }
}
