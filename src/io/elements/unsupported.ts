import { LinkError } from '../hdf5/link-error.js';
import { shortName } from '../short-name.js';

/**
 * An element that is sound but of a kind that has no place here (a graph, a table within `uns`, an awkward array).
 * Internal: whoever reads the surrounding element leaves it out and says so in the file's warnings.
 */
export class UnsupportedElement extends Error {
  constructor(
    readonly element: string,
    readonly encoding: string,
  ) {
    super(`${element} is ${encoding}`);
    this.name = 'UnsupportedElement';
  }
}

/** Reads an element that can be spared: one that has no place here, or is a link, is left out with a warning. */
export async function readOrLeaveOut(
  element: string,
  warn: (sentence: string) => void,
  read: () => Promise<void>,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof UnsupportedElement) {
      warn(`${shortName(error.element)} was left out: it is ${error.encoding}`);
    } else if (error instanceof LinkError) warn(linkLeftOut(element, error.link));
    else throw error;
  }
}

/** @param link the element itself or a part of it */
export function linkLeftOut(element: string, link = element): string {
  const what = link === element ? 'it' : shortName(link);
  return `${shortName(element)} was left out: ${what} is a link, and links are not followed`;
}
