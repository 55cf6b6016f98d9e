/**
 * The columns of `ASimAuditEventLogs` that a transformation may fill, by the table reference of Azure Monitor. It has no
 * columns `EventSchema` and `Dvc`.
 */
export const asimAuditColumns: ReadonlyMap<string, string> = new Map([
  ...`ActingAppId ActingAppName ActingAppType ActingOriginalAppType ActorOriginalUserType ActorScope ActorScopeId
    ActorSessionId ActorUserAadId ActorUserId ActorUserIdType ActorUsername ActorUsernameType ActorUserSid ActorUserType
    DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr DvcMacAddr
    DvcOriginalAction DvcOs DvcOsVersion DvcScope DvcScopeId DvcZone EventMessage EventOriginalResultDetails
    EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct
    EventProductVersion EventReportUrl EventResult EventResultDetails EventSchemaVersion EventSeverity EventSubType EventType
    EventVendor HttpUserAgent NewValue Object ObjectId ObjectType OldValue Operation OriginalObjectType RuleName
    SrcDescription SrcDeviceType SrcDomain SrcDomainType SrcDvcId SrcDvcIdType SrcDvcScope SrcDvcScopeId SrcFQDN SrcGeoCity
    SrcGeoCountry SrcGeoRegion SrcHostname SrcIpAddr SrcOriginalRiskLevel TargetAppId TargetAppName TargetAppType
    TargetDescription TargetDeviceType TargetDomain TargetDomainType TargetDvcId TargetDvcIdType TargetDvcOs TargetDvcScope
    TargetDvcScopeId TargetFQDN TargetGeoCity TargetGeoCountry TargetGeoRegion TargetHostname TargetIpAddr
    TargetOriginalAppType TargetOriginalRiskLevel TargetUrl ThreatCategory ThreatField ThreatId ThreatIpAddr ThreatName
    ThreatOriginalConfidence ThreatOriginalRiskLevel ValueType`
    .split(/\s+/)
    .map(name => [name, 'string'] as const),
  ...['EventCount', 'RuleNumber', 'SrcPortNumber', 'SrcRiskLevel', 'TargetPortNumber', 'TargetRiskLevel'].map(
    name => [name, 'int'] as const,
  ),
  ...['EventEndTime', 'EventStartTime', 'TimeGenerated'].map(name => [name, 'datetime'] as const),
  ['AdditionalFields', 'dynamic'],
]);

/** The mandatory columns of the schema that the table has. */
export const mandatoryAuditColumns = [
  'TimeGenerated',
  'EventCount',
  'EventStartTime',
  'EventEndTime',
  'EventType',
  'EventResult',
  'EventProduct',
  'EventVendor',
  'EventSchemaVersion',
  'Operation',
  'Object',
];

/** The values that the schema allows, for the columns of limited values that the kit fills. */
export const allowedAuditValues: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'EventType',
    'Set Read Create Delete Execute Install Clear Enable Disable Initialize Start Stop Other'.split(' '),
  ],
  ['EventResult', ['Success', 'Partial', 'Failure', 'NA']],
  [
    'ObjectType',
    [
      'Cloud Resource',
      'Configuration Atom',
      'Policy Rule',
      'Event Log',
      'Scheduled Task',
      'Service',
      'Directory Service Object',
      'Other',
    ],
  ],
  ['ActorUsernameType', ['UPN', 'Windows', 'DN', 'Simple', '']],
  ['TargetAppType', ['Process', 'Service', 'Resource', 'URL', 'SaaS application', 'CSP', 'Other']],
]);
