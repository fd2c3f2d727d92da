/** Another process works on the data directory. Two writers would destroy it, so the second one is refused. */
export class DataDirectoryInUseError extends Error {
  readonly code = "storage.directory_in_use";
  readonly directory: string;
  constructor(directory: string, options?: ErrorOptions) {
    super(
      `the data directory ${directory} is open in another process; stop that one first (is "npm start" still running?), ` +
        "or give this one a directory of its own",
      options,
    );
    this.directory = directory;
  }
}

/** A store was used after it was closed. */
export class StorageClosedError extends Error {
  readonly code = "storage.closed";
  constructor(what: string) {
    super(`the ${what} store is closed; open it again before using it`);
  }
}
