/** The settings of the run. */
import type { JsonObject, JsonValue } from "../../spec/index.js";
import { visible } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** Every setting with its full name, in the order of the recipe. */
export function Settings({ settings }: { readonly settings: JsonObject }) {
  return (
    <Section id="settings" title="Settings" explanation={explanation}>
      <ScrollingTable caption="Full name of the setting, as --set takes it, and its value.">
        <tbody>
          {flattenSettings(settings).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <code>{visible(name)}</code>
              </th>
              <td>
                <code>{visible(value)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </Section>
  );
}

const explanation =
  "The recipe as it ran, with every default filled in. The same recipe, seed and kind of machine give the same result.";

/** Names joined with points, and values as JSON; strings as they are; lists and empty records whole. */
export function flattenSettings(value: JsonValue, name = ""): [name: string, value: string][] {
  if (!isObject(value)) return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[name, "{}"]];
  return entries.flatMap(([key, inner]) => flattenSettings(inner, name === "" ? key : `${name}.${key}`));
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
