/** The attributes of an OCSF event that hold the values of its record. */
interface OcsfEvent {
  readonly message?: string;
  readonly user?: OcsfUser;
  readonly actor?: { readonly user: OcsfUser };
  readonly api?: { readonly operation: string };
  readonly src_endpoint: { readonly ip?: string };
  readonly metadata: {
    readonly uid?: string;
    readonly original_time?: string;
    readonly event_code?: string;
  };
  readonly unmapped?: Readonly<Record<string, string>>;
}

interface OcsfUser {
  readonly name: string;
  readonly email_addr?: string;
}

/** The record from which an event was made, as its line of `ndjson`; the values of the record must be text or absent. */
export function recordOfEvent(json: string): string {
  const event = JSON.parse(json) as OcsfEvent;
  const { metadata, unmapped = {} } = event;
  const user = event.user ?? event.actor?.user;
  return JSON.stringify({
    Date: metadata.original_time ?? null,
    Email: user?.name === 'unknown' && user.email_addr === undefined ? null : (user?.name ?? null),
    Action: metadata.event_code ?? event.api?.operation ?? null,
    'Action ID': metadata.uid ?? null,
    Description: event.message ?? unmapped.Description ?? null,
    'IP Address': event.src_endpoint.ip ?? unmapped['IP Address'] ?? null,
  });
}
