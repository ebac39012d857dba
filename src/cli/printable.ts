/** C0 and C1 control characters but the line break, and those that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `text` with control characters written out (`\u001b`, as JSON has them): a name in a file must not steer the reader's terminal. */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** A path as a shell takes it back: in quotes where it has blanks or other signs that shells read. */
export const asArgument = (path: string): string =>
  printable(/^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
