import type { KitInput } from '../kit.ts';
import { actionPatterns } from './action-pattern.ts';
import { eventName, unmatched } from './meanings.ts';
import { eventCategory } from './names.ts';

/**
 * The log source extension, as QRadar's own exports write one: only the root has a namespace. With a default namespace
 * on the root, each child would need `xmlns=""`.
 */
export function logSourceExtension({ actions }: KitInput): string {
  const patterns = actionPatterns(actions);
  return `<?xml version="1.0" encoding="UTF-8"?>
<ns2:device-extension xmlns:ns2="event_parsing/device_extension">
  <pattern id="Date" type="JavaPattern" use-default-pattern="true"><![CDATA["Date":"([^"]*)Z"]]></pattern>
  <pattern id="Email" type="JsonKeypath">/"Email"</pattern>
  <pattern id="IPAddress" type="JsonKeypath">/"IP Address"</pattern>
${patterns.map(({ regex }, index) => `  <pattern id="Action${index + 1}" type="JavaPattern" use-default-pattern="true"><![CDATA[${regex}]]></pattern>\n`).join('')}\
  <pattern id="AnyAction" type="JavaPattern" use-default-pattern="true"><![CDATA["Action":]]></pattern>
  <pattern id="AnyEventName" type="JavaPattern" use-default-pattern="true"><![CDATA[(.*)]]></pattern>
  <match-group order="1">
    <!-- "+0000" instead of "Z": Joda-Time and Java read it with the same letter of the format. -->
    <matcher field="DeviceTime" order="1" pattern-id="Date" capture-group="\\1+0000" enable-substitutions="true" ext-data="yyyy-MM-dd'T'HH:mm:ss.SSSZ"/>
    <json-matcher field="UserName" order="1" pattern-id="Email"/>
    <json-matcher field="SourceIp" order="1" pattern-id="IPAddress"/>
    <!-- The first that matches gives the event its name. -->
${[...patterns.map(({ eventName }, index) => nameMatcher(index + 1, `Action${index + 1}`, eventName)), nameMatcher(patterns.length + 1, 'AnyAction', eventName(unmatched))].join('')}\
    <event-match-multiple pattern-id="AnyEventName" device-event-category="${eventCategory}" send-identity="OverrideAndNeverSend" force-qidmap-lookup-on-fixup="true"/>
  </match-group>
</ns2:device-extension>
`;
}

function nameMatcher(order: number, patternId: string, name: string): string {
  return `    <matcher field="EventName" order="${order}" pattern-id="${patternId}" capture-group="${name}" enable-substitutions="true"/>\n`;
}
