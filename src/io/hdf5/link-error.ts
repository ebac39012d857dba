import { FileError } from '../../errors.js';
import { shortName } from '../short-name.js';

/** A name of the file leads elsewhere, in the file or out of it. Where the element can be spared, it is left out instead. */
export class LinkError extends FileError {
  constructor(
    file: string,
    readonly link: string,
  ) {
    super(
      file,
      `${shortName(link)} is a link, and links are not followed`,
      'Rewrite the file with its data inside',
    );
  }
}
