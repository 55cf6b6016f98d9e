import { toJson } from '../../domain/audit-record.ts';
import type { OcsfVersion } from '../../domain/format.ts';
import type { Mapping } from '../../domain/mapping.ts';
import { authentication, createActivityFinder } from './activity.ts';
import { isAddress } from './ip-address.ts';

/** The bytes of an event that depend on the Action alone, in their order. */
export interface ActionSegments {
  /** From the start to the value of `time`. */
  readonly head: Buffer;
  /** Severity and status. `message` follows, if there is one. */
  readonly status: Buffer;
  /** To the user. */
  readonly beforeUser: Buffer;
  /** From behind the user to the value of `src_endpoint`. */
  readonly afterUser: Buffer;
  /** The rest of `metadata`, behind `uid` and `original_time`. */
  readonly tail: Buffer;
  /** The length of all. */
  readonly length: number;
}

/** The bytes of an event that depend on the IP Address alone. */
export interface AddressSegments {
  /** The value of `src_endpoint`. */
  readonly endpoint: Buffer;
  /** The members of `unmapped`. Empty for a valid address. */
  readonly unmapped: Buffer;
}

/** Makes segments from the JSON of a value of a record, which is a string or `null`. */
export interface SegmentMaker {
  action(json: string): ActionSegments;
  user(json: string): Buffer;
  address(json: string): AddressSegments;
  /** The start of `metadata`. */
  readonly metadata: Buffer;
}

/** The schema's type `email_t`. A validator refuses an event with another `email_addr`. */
const emailPatterns: Record<OcsfVersion, RegExp> = {
  '1.1.0': /^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/,
  '1.8.0': /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/,
};

export function createSegmentMaker(accountId: string, settings: Mapping): SegmentMaker {
  const activityOf = createActivityFinder(settings.actions);
  const email = emailPatterns[settings.version];
  const service = `{"name":${toJson(settings.product.name)}}`;
  const product = `{"name":${toJson(settings.product.name)},"vendor_name":${toJson(settings.product.vendor)}}`;
  const origin = `,"log_name":"audit","tenant_uid":${toJson(accountId)},"product":${product}`;

  return {
    action(json) {
      const activity = activityOf(JSON.parse(json) as string | null);
      const { eventClass, id, caption } = activity;
      const isAuthentication = eventClass === authentication;
      const name = id === 99 ? json : toJson(caption);
      const operation = json === 'null' ? '"unknown"' : json;
      const segments = {
        head: Buffer.from(
          `{"activity_id":${id},"activity_name":${name}` +
            `,"category_uid":${eventClass.categoryUid},"category_name":${toJson(eventClass.categoryName)}` +
            `,"class_uid":${eventClass.uid},"class_name":${toJson(eventClass.name)}` +
            `,"type_uid":${eventClass.uid * 100 + id},"type_name":${toJson(`${eventClass.name}: ${caption}`)}` +
            ',"time":',
        ),
        status: Buffer.from(
          `,"severity_id":1,"severity":"Informational","status_id":${activity.statusId},"status":${toJson(activity.status)}`,
        ),
        beforeUser: Buffer.from(isAuthentication ? ',"user":' : ',"actor":{"user":'),
        afterUser: Buffer.from(
          isAuthentication
            ? `,"service":${service},"src_endpoint":`
            : `},"api":{"operation":${operation},"service":${service}},"src_endpoint":`,
        ),
        // Authentication has no `api`, so its Action would be lost without `event_code`.
        tail: Buffer.from(`${origin}${isAuthentication ? `,"event_code":${json}` : ''}}`),
      };
      return { ...segments, length: Object.values(segments).reduce((sum, { length }) => sum + length, 0) };
    },

    user(json) {
      if (json === 'null') return Buffer.from('{"name":"unknown"}');
      const isEmail = email.test(JSON.parse(json) as string);
      return Buffer.from(isEmail ? `{"name":${json},"email_addr":${json}}` : `{"name":${json}}`);
    },

    address(json) {
      const isValid = json !== 'null' && isAddress(JSON.parse(json) as string);
      const endpoint = isValid ? `{"ip":${json}}` : '{"name":"unknown"}';
      const unmapped = isValid || json === 'null' ? '' : `"IP Address":${json}`;
      return { endpoint: Buffer.from(endpoint), unmapped: Buffer.from(unmapped) };
    },

    metadata: Buffer.from(`,"metadata":{"version":${toJson(settings.version)}`),
  };
}
