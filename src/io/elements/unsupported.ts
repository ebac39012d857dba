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
