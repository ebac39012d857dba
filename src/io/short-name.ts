const longest = 80;

/** A name or path of a file as a message shows it: names there can be of any length. */
export function shortName(name: string): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 1)}…`;
}
