/** What was imported, and what was set aside by which rule. */
import type { ImportView, RuleView, SourceCount } from "../report-data.js";
import { count, plural, visible } from "./format.js";
import { ScrollingTable, Section } from "./section.js";

/** Counts of each file, then the rules with the first few rows of each. */
export function Imports({ imports }: { readonly imports: ImportView }) {
  return (
    <Section id="imports" title="Rows set aside" explanation={explanation}>
      {imports.sources.length > 0 && <Sources sources={imports.sources} />}
      {imports.rejected === 0 ? (
        <p>Nothing was set aside.</p>
      ) : (
        <p>
          {plural(imports.rejected, "part")} of rows set aside, by {plural(imports.rules.length, "rule")}:
        </p>
      )}
      {imports.rules.map((rule, index) => (
        <Rule key={rule.rule} rule={rule} open={index === 0} />
      ))}
    </Section>
  );
}

const explanation =
  "A row of the data that cannot be used, or only in part, is set aside with the reason, never dropped silently. Rows are counted from 0.";

function Sources({ sources }: { readonly sources: readonly SourceCount[] }) {
  return (
    <ScrollingTable caption="Rows read and used; one row can give several examples.">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col" class="number">
            Rows read
          </th>
          <th scope="col" class="number">
            Rows used
          </th>
          <th scope="col" class="number">
            Examples
          </th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ file, read, imported, examples }) => (
          <tr key={file}>
            <th scope="row">
              <bdi>{visible(file)}</bdi>
            </th>
            <td class="number">{count(read)}</td>
            <td class="number">{count(imported)}</td>
            <td class="number">{count(examples)}</td>
          </tr>
        ))}
      </tbody>
    </ScrollingTable>
  );
}

function Rule({ rule, open }: { readonly rule: RuleView; readonly open: boolean }) {
  return (
    <details data-print open={open}>
      <summary>
        <code>{visible(rule.rule)}</code> <span class="amount">{count(rule.count)}</span>
      </summary>
      <ScrollingTable
        caption={
          rule.count > rule.shown.length
            ? `The first ${rule.shown.length} of ${count(rule.count)}.`
            : "All of them."
        }
      >
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">
              Row
            </th>
            <th scope="col">Field</th>
            <th scope="col">What is wrong and what to do</th>
          </tr>
        </thead>
        <tbody>
          {rule.shown.map(({ file, row, field, message }) => (
            <tr key={`${file} ${row} ${field} ${message}`}>
              <td>
                <bdi>{visible(file)}</bdi>
              </td>
              <td class="number">{row}</td>
              <td>
                <code>{visible(field)}</code>
              </td>
              <td class="words">
                <bdi>{visible(message)}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollingTable>
    </details>
  );
}
