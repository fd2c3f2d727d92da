import { useRef, useState, type DragEvent } from "react";
import { ImportIcon } from "../parts/icons.tsx";

/** A place to drop a CSV, and a button for those who do not drag. */
export function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const take = (files: FileList | null): void => {
    const file = files?.[0];
    if (file !== undefined) onFile(file);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files);
  };
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(true);
  };
  return (
    <div
      className="drop-zone"
      data-over={isOver || undefined}
      onDrop={drop}
      onDragOver={over}
      onDragLeave={() => setIsOver(false)}
    >
      <button type="button" className="drop-button" onClick={() => input.current?.click()}>
        <ImportIcon />
        <span>
          <strong>Drop a CSV here</strong> or choose a file
        </span>
        <span className="small dim">.csv or .csv.gz, with a header row</span>
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.gz,text/csv"
        aria-label="CSV file"
        hidden
        onChange={(event) => take(event.currentTarget.files)}
      />
    </div>
  );
}
