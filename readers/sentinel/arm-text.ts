/** Resource Manager takes text in brackets for an expression. */
export function literal(text: string): string {
  return text.startsWith('[') ? `[${text}` : text;
}

/** The name of a resource that belongs to the workspace. */
export function inWorkspace(name: string): string {
  return `[concat(parameters('workspace'), '/${name}')]`;
}

/** The name of a resource of Sentinel. */
export function inSentinel(name: string): string {
  return inWorkspace(`Microsoft.SecurityInsights/${name}`);
}

/** The id of a resource of the same resource group, as an expression without brackets. */
export function resourceId(type: string, ...names: readonly string[]): string {
  return `resourceId('${type}', ${names.join(', ')})`;
}
