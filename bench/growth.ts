import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from './options.js';
import type { BenchResult } from './result.js';

/** What grows while all else stays as it is by default: its values, and the task that is timed with each. */
const grown: Readonly<
  Record<string, { readonly values: readonly number[]; readonly task: readonly string[] }>
> = {
  cells: { values: [1000, 4000, 16_000], task: ['pipeline', '--steps', '50'] },
  genes: { values: [500, 1000, 2000, 4000, 8000], task: ['train-step', '--runs', '15'] },
  tokens: { values: [2, 4, 8, 16, 32], task: ['train-step', '--runs', '15'] },
  depth: { values: [1, 2, 4, 8], task: ['train-step', '--runs', '15'] },
};

/** Each value in a process of its own, so that its peak of memory is its own too. */
export async function benchGrowth({ threads }: BenchOptions): Promise<BenchResult[]> {
  const own = fileURLToPath(new URL('main.js', import.meta.url));
  return Object.entries(grown).flatMap(([what, { values, task }]) =>
    values.flatMap((value) => {
      const args = [own, ...task, `--${what}`, String(value), '--threads', String(threads), '--json'];
      const text = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const results = JSON.parse(text.toString()) as BenchResult[];
      return results.map((result) => ({
        ...result,
        name: `${result.name}, ${value} ${what}`,
        settings: { ...result.settings, grown: what, [what]: value },
      }));
    }),
  );
}
