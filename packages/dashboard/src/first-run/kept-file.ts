/** A file dropped on one screen and read on the next: an address cannot carry it. */
let kept: File | null = null;

/** Holds the file for the screen that comes next. */
export function keepFile(file: File): void {
  kept = file;
}

/** The held file, once. */
export function takeFile(): File | null {
  const file = kept;
  kept = null;
  return file;
}
