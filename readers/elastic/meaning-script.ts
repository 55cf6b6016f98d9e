/**
 * Gives the event the meaning of its action. The rules are parameters, so that one script serves any number of rules:
 * Elasticsearch limits a script to 65,535 bytes, and compiles a condition for each processor that has one.
 */
export const meaningScript = `String name = ctx.event?.action == null ? '' : ctx.event.action.toString();
def rule = null;
for (def candidate : params.rules) {
  boolean found = false;
  if (candidate.exact != null) {
    found = name == candidate.exact;
  } else if (candidate.prefix != null) {
    found = name.startsWith(candidate.prefix);
  } else {
    def parts = candidate.glob.splitOnToken('*');
    int last = parts.length - 1;
    int from = parts[0].length();
    found = name.startsWith(parts[0]);
    for (int i = 1; i < last; i++) {
      int at = found ? name.indexOf(parts[i], from) : -1;
      found = at >= 0;
      from = at + parts[i].length();
    }
    if (last == 0) {
      found = found && name.length() == from;
    } else {
      found = found && name.length() - parts[last].length() >= from && name.endsWith(parts[last]);
    }
  }
  if (found) {
    rule = candidate;
    break;
  }
}
def meaning = params.verbs[rule == null ? 'other' : rule.verb];
ctx.event.category = [meaning.category];
ctx.event.type = [meaning.type];
ctx.event.outcome = rule == null || rule.outcome == null ? 'unknown' : rule.outcome;`;
