/** Azure’s answers to a credential that may not create the blob. The remedy depends on code and message. */
import { azure, refused, startTaker, xml } from './azure-answer-rows.ts';
import { accountKey, hour, signedSas } from './azure-contract-server.ts';
import { describeAnswers } from './bucket-answers.ts';

const signature = 'k9Zr2xW0a7Vb+QyP3nT5sLcE8uFhJ1dG4mXoRiUeKz0=';

describeAnswers('Azure that refuses an account key', () => startTaker(key => ({ accountKey: key })), [
  ...azure(
    403,
    'AuthorizationFailure',
    'This request is not authorized to perform this operation.',
    refused('access_denied', /network rules(?!.*SAS).*not authorized/),
  ),
  ...azure(
    403,
    'AuthorizationPermissionMismatch',
    'Not authorized using this permission.',
    refused('access_denied', /this permission/),
  ),
  ...azure(
    403,
    'AccountIsDisabled',
    'The specified account is disabled.',
    refused('access_denied', /subscription.*is disabled/),
  ),
  ...azure(
    403,
    'KeyBasedAuthenticationNotPermitted',
    'Key based authentication is not permitted.',
    refused('access_denied', /allow key access, or store a user delegation SAS/),
  ),
  ...azure(
    403,
    'InsufficientAccountPermissions',
    'Write operations are not allowed.',
    refused('access_denied', /takes no writes/),
  ),
  {
    name: '403 AuthenticationFailed that repeats the signature and what was signed',
    answer: {
      kind: 'answer',
      status: 403,
      body: xml('AuthenticationFailed', 'Server failed to authenticate the request.', {
        AuthenticationErrorDetail: `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. Server used following string to sign: 'PUT ${accountKey}'.`,
      }),
    },
    is: refused(
      'credentials_rejected',
      /^(?!.*k9Zr2xW0)(?!.*string to sign).*current key.*MAC signature found/,
    ),
  },
]);

describeAnswers(
  'Azure that refuses a SAS',
  () => startTaker((key, containerName) => ({ sas: signedSas('cw', hour, key, containerName) })),
  [
    ...azure(
      403,
      'AuthorizationFailure',
      'This request is not authorized to perform this operation.',
      refused('access_denied', /network rules.*If they do.*Create \(c\) and Write \(w\)/),
    ),
    ...azure(
      403,
      'AuthorizationPermissionMismatch',
      'Not authorized using this permission.',
      refused('access_denied', /reate \(c\) and Write \(w\)/),
    ),
    ...azure(
      403,
      'AuthorizationSourceIPMismatch',
      'Not authorized using this source IP.',
      refused('access_denied', /IP addresses/),
    ),
    ...azure(
      403,
      'AuthorizationProtocolMismatch',
      'Not authorized using this protocol.',
      refused('access_denied', /HTTPS/),
    ),
    ...azure(
      403,
      'AuthorizationResourceTypeMismatch',
      'Not authorized using this resource type.',
      refused('access_denied', /type Object/),
    ),
    ...azure(
      403,
      'AuthorizationServiceMismatch',
      'Not authorized using this service.',
      refused('access_denied', /Blob service/),
    ),
    ...azure(
      403,
      'KeyBasedAuthenticationNotPermitted',
      'Key based authentication is not permitted.',
      refused('access_denied', /nor a SAS signed with one/),
    ),
    {
      name: '403 AuthenticationFailed by a SAS that has expired',
      answer: {
        kind: 'answer',
        status: 403,
        body: xml('AuthenticationFailed', 'Server failed to authenticate the request.', {
          AuthenticationErrorDetail:
            'Signature not valid in the specified time frame: Start [Mon, 02 Nov 2026 00:00:00 GMT] - Expiry [Tue, 03 Nov 2026 00:00:00 GMT]',
        }),
      },
      is: refused('credentials_rejected', /expired or is not valid yet.*Expiry \[Tue, 03 Nov 2026/),
    },
  ],
);
