import type { KitInput } from '../kit.ts';
import { eventClasses } from './meanings.ts';
import { eventCategory, logSourceType, properties } from './names.ts';

/** What `qids.sh` makes in QRadar. */
export function qids(input: KitInput): object {
  return {
    logSourceType: logSourceType(input),
    eventCategory,
    events: eventClasses(input.actions),
    properties,
  };
}

/** A program that reads `qids.json`. Run again, it makes only what is missing. */
export const qidsScript = String.raw`#!/usr/bin/env bash
# Makes the QID records, event mappings and custom properties of qids.json in QRadar, by its REST API.
# QRADAR_HOST is the host name of the console. The token of an authorized service is asked for, and stored nowhere.
# If a private authority signed the console's certificate, set CURL_CA_BUNDLE to that authority's certificate.
set -euo pipefail
cd "$(dirname "$0")"
host=${'$'}{QRADAR_HOST:?set it to the host name of the QRadar console}
read -rsp 'Token of an authorized service: ' token
echo

# Usage: call METHOD PATH [ARGUMENT OF CURL]... The token is in no argument, so other users of the machine cannot see it.
call() {
  curl --silent --show-error --fail-with-body --request "$1" "${'$'}{@:3}" \
    --header 'Accept: application/json' --header 'Content-Type: application/json' \
    --config <(printf 'header = "SEC: %s"\n' "$token") "https://$host/api/$2"
}

# Usage: found PATH FILTER FIELD. Prints the field of the first that the filter finds.
found() {
  call GET "$1" --get --data-urlencode "filter=$2" | jq -r --arg field "$3" '.[0][$field] // empty'
}

# Usage: made PATH FIELD. Sends what stands on the input, and prints the field of what QRadar made of it.
made() {
  call POST "$1" --data @- | jq -er --arg field "$2" '.[$field]'
}

name=$(jq -r .logSourceType qids.json)
types=config/event_sources/log_source_management/log_source_types
type=$(call GET "$types" | jq -er --arg name "$name" '.[] | select(.name == $name) | .id') || {
  echo "QRadar has no log source type named $name. Make it in the DSM Editor first." >&2
  exit 1
}
category=$(jq -r .eventCategory qids.json)

records=data_classification/qid_records
mappings=data_classification/dsm_event_mappings
while read -r event; do
  name=$(jq -r .name <<<"$event")
  key=$(jq -r .eventName <<<"$event")
  record=$(found "$records" "log_source_type_id=$type and name=\"$name\"" id)
  [ -n "$record" ] || record=$(jq --argjson type "$type" \
    '{log_source_type_id: $type, name, description: .name, low_level_category_id: .lowLevelCategory, severity}' \
    <<<"$event" | made "$records" id)
  mapping=$(found "$mappings" "log_source_type_id=$type and log_source_event_id=\"$key\"" id)
  [ -n "$mapping" ] || jq --argjson type "$type" --arg category "$category" --argjson record "$record" \
    '{log_source_type_id: $type, log_source_event_id: .eventName, log_source_event_category: $category, qid_record_id: $record}' \
    <<<"$event" | made "$mappings" id >/dev/null
  echo "$key: $name"
done < <(jq -c '.events[]' qids.json)

custom=config/event_sources/custom_properties
while read -r property; do
  name=$(jq -r .name <<<"$property")
  [ -z "$(found "$custom/regex_properties" "name=\"$name\"" identifier)" ] || continue
  identifier=$(jq '{name, description: .name, property_type: "string", use_for_rule_engine: true}' \
    <<<"$property" | made "$custom/regex_properties" identifier)
  jq --argjson type "$type" --arg identifier "$identifier" \
    '{regex_property_identifier: $identifier, log_source_type_id: $type, expression, enabled: true}' \
    <<<"$property" | made "$custom/property_json_expressions" id >/dev/null
  echo "$name"
done < <(jq -c '.properties[]' qids.json)
`;
