/** What to say of a call whose tool the row does not have. */
import type { Problem } from "./problem.js";

/**
 * `cut-name` where the name is the end of a known one, as careless conversions leave it (`API` for `Market Trends API`:
 * a pattern for identifiers stops at a space); else `unknown-tool`.
 */
export function unknownTool(name: string, names: readonly string[], path: string): Problem {
  const whole = names.find(
    (known) => known !== name && known.endsWith(name) && /\W$/u.test(known.slice(0, -name.length)),
  );
  if (whole === undefined) {
    return {
      field: path,
      rule: "unknown-tool",
      message: `The row has no tool named ${JSON.stringify(name)}; list it or correct the name.`,
    };
  }
  const message = `${JSON.stringify(name)} looks like the end of ${JSON.stringify(whole)}; import the original data.`;
  return { field: path, rule: "cut-name", message };
}
