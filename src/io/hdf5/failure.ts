import { FileError } from '../../errors.js';
import { systemFileError } from '../file-problem.js';

const rewrite =
  "Rewrite it in Python: import anndata; anndata.read_h5ad('in.h5ad').write_h5ad('out.h5ad', compression='gzip')";

/**
 * What the HDF5 library threw, as one sentence about `part` of `file`. The library's own report (a stack of C
 * functions) is kept, shortened, as the cause.
 */
export function describeHdf5Failure(file: string, part: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  const report = error instanceof Error ? error.message : String(error);
  const cause = new Error(report.slice(0, 4000));
  const system = systemFileError(file, cause);
  if (system) return system;

  const truncated = /truncated file: eof = (\d+).*?stored_eof = (\d+)/s.exec(report);
  if (truncated) {
    const problem = `is cut short: ${truncated[1]} of its ${truncated[2]} bytes are there`;
    return new FileError(file, problem, 'Copy or download it again', { cause });
  }
  const filter = /required filter '([^']*)' is not registered/.exec(report)?.[1];
  if (filter !== undefined || /required filter.* is not (available|registered)/.test(report)) {
    const name = filter ? `the filter ${filter}` : 'a filter';
    return new FileError(file, `${part} is compressed with ${name}, which cannot be read here`, rewrite, {
      cause,
    });
  }
  if (/malloc|memory allocation|allocation of \d+ bytes|out of memory/i.test(report)) {
    return new FileError(file, `${part} needs more memory than there is`, rewrite, { cause });
  }
  return new FileError(file, `${part} is damaged or not valid HDF5`, 'Copy or download the file again', {
    cause,
  });
}
