import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const blockLength = 2 ** 23;

/**
 * Looks for a pattern of bytes in a closed file and rewrites what it finds.
 * @param length bytes from the pattern's start that `rewrite` looks at or replaces
 * @param rewrite given those bytes, as far as the file goes; returns the new ones, or null to leave them
 * @returns how many were rewritten
 */
export function rewriteInPlace(
  path: string,
  pattern: Buffer,
  length: number,
  rewrite: (found: Buffer) => Buffer | null,
): number {
  const file = openSync(path, 'r+');
  try {
    const block = Buffer.alloc(blockLength + length - 1);
    let rewritten = 0;
    for (let position = 0; ; position += blockLength) {
      // Blocks overlap, so that a find on the border is whole; only starts within the block count, so it counts once.
      const filled = readSync(file, block, 0, block.length, position);
      const bytes = block.subarray(0, filled);
      for (
        let at = bytes.indexOf(pattern);
        at >= 0 && at < blockLength;
        at = bytes.indexOf(pattern, at + 1)
      ) {
        const replacement = rewrite(bytes.subarray(at, at + length));
        if (replacement === null) continue;
        writeSync(file, replacement, 0, replacement.length, position + at);
        rewritten++;
      }
      if (filled < block.length) return rewritten;
    }
  } finally {
    closeSync(file);
  }
}
