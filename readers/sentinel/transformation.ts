import type { Actions, Rule } from '../../lambdas/domain/actions.ts';
import type { Product } from '../kit.ts';

/** Azure Monitor refuses a longer transformation, in characters. */
export const longestTransformation = 15_360;

/** The columns of the stream: the keys of a delivered record. All are text, so that no value is dropped for its type. */
export const streamColumns = ['Date', 'Email', 'Action', 'Action ID', 'Description', 'IP Address'];

/** The columns of the kit's own table. */
export const tableColumns = [
  ['TimeGenerated', 'datetime'],
  ['Date', 'string'],
  ['Email', 'string'],
  ['Action', 'string'],
  ['ActionId', 'string'],
  ['Description', 'string'],
  ['IpAddress', 'string'],
  ['Verb', 'string'],
  ['Outcome', 'string'],
] as const;

export interface Transformations {
  /** For the kit's own table. */
  readonly own: string;
  /** For the table `ASimAuditEventLogs`. */
  readonly asim: string;
  /** How many of the rules are in them: the first ones that fit. */
  readonly rules: number;
}

/** The rules that do not fit are left out: their actions become `other`, and no action gets another rule's verb. */
export function transformationsFor(actions: Actions, product: Product): Transformations {
  let fits = 0;
  let tooMany = actions.length + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (longest(withRules(middle)) <= longestTransformation) fits = middle;
    else tooMany = middle;
  }
  return { ...withRules(fits), rules: fits };

  function withRules(count: number) {
    const meaning = meaningColumns(actions.slice(0, count));
    return { own: `${meaning}\n${ownProjection}`, asim: `${meaning}\n${asimProjection(product)}` };
  }
}

const longest = ({ own, asim }: { own: string; asim: string }) => Math.max(own.length, asim.length);

/** Transformations know no `coalesce`, so a date that cannot be read is replaced by `iif`. */
const meaningColumns = (rules: Actions) => `source
| extend Time = iif(isnull(todatetime(Date)), now(), todatetime(Date))
| extend Meaning = ${meaningExpression(rules)}
| extend Verb = tostring(split(Meaning, " ")[0]), Outcome = tostring(split(Meaning, " ")[1])`;

const ownProjection = `| project
    TimeGenerated = Time,
    Date,
    Email,
    Action,
    ActionId = ['Action ID'],
    Description,
    IpAddress = ['IP Address'],
    Verb,
    Outcome`;

/**
 * The table has no columns `EventSchema` and `Dvc`, which the schema asks for: parsers add them when they read it.
 * The schema has no sign-in among its event types, so the verb is the sub-type, too.
 */
const asimProjection = ({ name, vendor }: Product) => `| project
    TimeGenerated = Time,
    EventStartTime = Time,
    EventEndTime = Time,
    EventCount = toint(1),
    EventType = case(
        Verb == "create", "Create",
        Verb == "read", "Read",
        Verb == "update", "Set",
        Verb == "permission", "Set",
        Verb == "delete", "Delete",
        "Other"),
    EventSubType = Verb,
    EventResult = case(Outcome == "success", "Success", Outcome == "failure", "Failure", "NA"),
    EventOriginalUid = ['Action ID'],
    EventOriginalType = Action,
    EventMessage = Description,
    EventProduct = ${kqlText(name)},
    EventVendor = ${kqlText(vendor)},
    EventSchemaVersion = "0.1.2",
    Operation = Action,
    Object = iif(isempty(Description), Action, Description),
    ObjectType = "Other",
    ActorUsername = Email,
    ActorUsernameType = case(isempty(Email), "", Email contains_cs "@", "UPN", "Simple"),
    SrcIpAddr = iif(['IP Address'] matches regex ${kqlText(ipAddress)}, ['IP Address'], ""),
    TargetAppName = ${kqlText(name)},
    TargetAppType = "SaaS application"`;

/** Text that is no address would break queries that compare addresses. It stays in the kit's own table. */
const ipAddress = String.raw`^(\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$`;

function meaningExpression(rules: Actions): string {
  if (rules.length === 0) return '"other unknown"';
  return `case(\n${branches(rules)
    .map(({ condition, meaning }) => `    ${condition}, ${kqlText(meaning)},\n`)
    .join('')}    "other unknown")`;
}

/** One branch for neighbouring exact rules of the same meaning: the whole must not be longer than `longestTransformation`. */
function branches(rules: Actions): { condition: string; meaning: string }[] {
  const groups: { rules: Rule[]; meaning: string }[] = [];
  for (const rule of rules) {
    const meaning = `${rule.verb} ${rule.outcome}`;
    const last = groups.at(-1);
    if (last?.meaning === meaning && rule.kind === 'exact' && last.rules[0]?.kind === 'exact')
      last.rules.push(rule);
    else groups.push({ rules: [rule], meaning });
  }
  return groups.map(group => ({ condition: conditionOf(group.rules), meaning: group.meaning }));
}

function conditionOf([rule, ...more]: readonly Rule[]): string {
  if (rule === undefined) throw new TypeError('A branch has no rule');
  if (more.length > 0) return `Action in (${[rule, ...more].map(({ text }) => kqlText(text)).join(', ')})`;
  if (rule.kind === 'exact') return `Action == ${kqlText(rule.text)}`;
  if (rule.kind === 'prefix') return `Action startswith_cs ${kqlText(rule.text)}`;
  return `Action matches regex ${kqlText(regexOf(rule.text))}`;
}

/** For RE2, whose `.` matches no line feed without the flag `s`, and whose `$` matches at the end only. */
function regexOf(glob: string): string {
  const literals = glob.split('*').map(part => part.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`));
  return `(?s)^${literals.join('.*')}$`;
}

/** A literal of KQL. Characters that could end a line are escaped, so that it stays on its line. */
export function kqlText(text: string): string {
  const escaped = text
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it escapes
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, character => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
  return `"${escaped}"`;
}
