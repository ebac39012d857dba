/** What every error of cellcrate is: one message (what, where, what to do), a code and an exit status. */
export class CellcrateError extends Error {
  /** Process exit status: 1 for a failure, 2 for a wrong call. */
  readonly exitStatus: 1 | 2 = 1;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A file cannot be read or written, or is not what its name says. */
export class FileError extends CellcrateError {
  constructor(
    readonly file: string,
    readonly problem: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(`${file}: ${problem}. ${remedy}`, options);
  }
}

/** The data were read, but are not what the task needs (no counts, no cells, unknown column...). */
export class DataError extends CellcrateError {
  constructor(
    readonly subject: string,
    readonly problem: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(`${subject}: ${problem}. ${remedy}`, options);
  }
}

/** An option has a value that it cannot have; a wrong call, exit status 2. */
export class OptionError extends CellcrateError {
  override readonly exitStatus = 2;

  constructor(
    readonly option: string,
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${option}: ${problem}. ${remedy}`);
  }
}
