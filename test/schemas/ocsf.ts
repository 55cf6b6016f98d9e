import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OcsfVersion } from '../../lambdas/domain/format.ts';

/**
 * JSON schemas of our events, from what the published schema (https://schema.ocsf.io) says of the classes 3002 and 6003.
 * They are stricter: they allow only the attributes that we use, and require all that we always write.
 */

/** What differs between the versions. Both allow 40 characters in an IP address. */
const types: Record<OcsfVersion, { readonly string: AnySchemaObject; readonly email: AnySchemaObject }> = {
  '1.1.0': {
    string: { type: 'string', maxLength: 65_535 },
    email: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\\.[a-zA-Z0-9-.]+$',
      maxLength: 65_535,
    },
  },
  '1.8.0': {
    string: { type: 'string' },
    email: { type: 'string', pattern: "^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\\.[a-zA-Z0-9-.]+$" },
  },
};

interface ClassFacts {
  readonly uid: number;
  readonly caption: string;
  readonly category: readonly [uid: number, caption: string];
  /** The captions of the activities by their ids. */
  readonly activities: Readonly<Record<number, string>>;
}

const authentication: ClassFacts = {
  uid: 3002,
  caption: 'Authentication',
  category: [3, 'Identity & Access Management'],
  activities: { 1: 'Logon', 2: 'Logoff' },
};

const apiActivity: ClassFacts = {
  uid: 6003,
  caption: 'API Activity',
  category: [6, 'Application Activity'],
  activities: { 0: 'Unknown', 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 99: 'Other' },
};

function schemaOf(version: OcsfVersion): AnySchemaObject {
  const { string, email } = types[version];
  // A user must have an account, a name or a uid.
  const user = object({ name: string }, { email_addr: email });
  const service = object({ name: string });
  const metadata = {
    version: constant(version),
    log_name: constant('audit'),
    tenant_uid: string,
    // 1.1.0 requires the name of the vendor.
    product: object({ name: string, vendor_name: string }),
  };
  const origin = { uid: string, original_time: string };
  const address = { type: 'string', maxLength: 40, anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] };
  // An endpoint must have at least one of some attributes. `ip` and `name` are two of them.
  const endpoint = { oneOf: [object({ ip: address }), object({ name: constant('unknown') })] };
  const columns = ['Date', 'Email', 'Action', 'Action ID', 'Description', 'IP Address'];
  const always = {
    time: { type: 'integer' },
    severity_id: constant(1),
    severity: constant('Informational'),
    status_id: { enum: [0, 1, 2] },
    status: { enum: ['Unknown', 'Success', 'Failure'] },
    src_endpoint: endpoint,
  };
  const sometimes = {
    message: string,
    unmapped: {
      ...object({}, Object.fromEntries(columns.map(column => [column, { type: 'string' }]))),
      minProperties: 1,
    },
  };
  return {
    oneOf: [
      // Requires a service or a destination.
      event(
        authentication,
        string,
        { ...always, user, service, metadata: object({ ...metadata, event_code: string }, origin) },
        sometimes,
      ),
      event(
        apiActivity,
        string,
        {
          ...always,
          actor: object({ user }),
          api: object({ operation: string, service }),
          metadata: object(metadata, origin),
        },
        sometimes,
      ),
    ],
    anyOf: ['Unknown', 'Success', 'Failure'].map((status, id) => ({
      properties: { status_id: constant(id), status: constant(status) },
    })),
  };
}

type Properties = Readonly<Record<string, AnySchemaObject>>;

function event(
  { uid, caption, category, activities }: ClassFacts,
  string: AnySchemaObject,
  always: Properties,
  sometimes: Properties,
): AnySchemaObject {
  const classification = {
    activity_id: { type: 'integer' },
    activity_name: string,
    category_uid: constant(category[0]),
    category_name: constant(category[1]),
    class_uid: constant(uid),
    class_name: constant(caption),
    type_uid: { type: 'integer' },
    type_name: string,
  };
  return {
    ...object({ ...classification, ...always }, sometimes),
    anyOf: Object.entries(activities).map(([id, activity]) => ({
      properties: {
        activity_id: constant(Number(id)),
        // The name of an activity that the class does not have is the source's own.
        activity_name: id === '99' ? string : constant(activity),
        type_uid: constant(uid * 100 + Number(id)),
        type_name: constant(`${caption}: ${activity}`),
      },
    })),
  };
}

function object(required: Properties, optional: Properties = {}): AnySchemaObject {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function constant(value: string | number): AnySchemaObject {
  return { const: value };
}

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);
const validators = {
  '1.1.0': ajv.compile(schemaOf('1.1.0')),
  '1.8.0': ajv.compile(schemaOf('1.8.0')),
};

/** What the schema of a version refuses in an event. */
export function ocsfFaults(version: OcsfVersion, event: unknown): readonly unknown[] {
  const validate = validators[version];
  return validate(event) ? [] : (validate.errors ?? []);
}
