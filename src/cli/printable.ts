/** C0 and C1 control characters, what else breaks lines, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A line with control characters written out (`\u001b`, as JSON has them): a name in a file must not steer the reader's
 * terminal, nor pass for a line of ours.
 */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The same for text of several lines of our own, such as a stack. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** A path as a shell takes it back: in quotes where it has blanks or other signs that shells read. */
export const asArgument = (path: string): string =>
  printable(/^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
