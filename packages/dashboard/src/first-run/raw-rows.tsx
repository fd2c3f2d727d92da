import type { MappingGuess } from "@ratchet/protocol";

const SHOWN = 6;

/** The first rows as they stand in the file. Many columns scroll within the panel, never the page. */
export function RawRows({ guess }: { readonly guess: MappingGuess }) {
  return (
    <div className="raw-rows" role="region" aria-label="First rows of the file" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {guess.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {guess.preview.slice(0, SHOWN).map((row, i) => (
            <tr key={`${i} ${row.join("\u0000")}`}>
              {guess.columns.map((column, j) => (
                <td key={column}>{row[j] ?? ""}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
