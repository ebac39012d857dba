import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expressionComponents, logNormalise } from '../embedding/components.js';
import { defaultPerplexity, type EmbeddingMethod, embedScores } from '../embedding/embed-scores.js';
import type { EmbeddingProgress } from '../embedding/tsne.js';
import { OptionError } from '../errors.js';
import type { AnnData, DenseMatrix, UnsValue } from '../io/anndata.js';
import { refuseToOverwrite } from '../io/overwrite.js';
import { writeH5ad } from '../io/write.js';
import { version } from '../version.js';
import { type ChosenCells, readChosenCells } from './chosen-cells.js';
import { joinCells } from './join-cells.js';

export interface EmbedOptions {
  /** The .h5ad to write. */
  readonly out: string;
  /** t-SNE by default. */
  readonly method?: EmbeddingMethod;
  /** Of t-SNE: 30 by default, less for fewer than 91 cells. */
  readonly perplexity?: number;
  readonly seed?: number;
  /** Threads of t-SNE; one a processor by default, at most 8. The result does not depend on it. */
  readonly threads?: number;
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EmbeddingProgress) => void;
  readonly onMessage?: (line: string) => void;
}

export interface EmbedSummary {
  readonly file: string;
  readonly method: EmbeddingMethod;
  readonly cells: number;
  /** Genes of the output. */
  readonly genes: number;
  /** Principal components that were embedded. */
  readonly components: number;
  /** Of t-SNE, else null. */
  readonly perplexity: number | null;
  /** The matrix used of each file, and why. */
  readonly sources: readonly { readonly file: string; readonly cells: number; readonly reason: string }[];
  readonly seconds: number;
}

const mostThreads = 8;
/** A side with this many times the other's cells shapes the picture by itself. */
const unevenSides = 2;

/**
 * Writes a file's cells, or those of two files together, with `obsm['X_pca']` and `obsm['X_tsne']` or `obsm['X_umap']`. One file
 * keeps all that it holds. Two keep their shared genes, obs with a column `source`, and the matrices that both have on the same
 * scale; where X is none of them it holds the log-normalised values that were embedded.
 * @param paths one .h5ad or two
 * @throws FileError, DataError, OptionError: each names what is wrong; the signal's reason when it aborts
 */
export async function embed(paths: readonly string[], options: EmbedOptions): Promise<EmbedSummary> {
  const begun = performance.now();
  const { out, method = 'tsne', seed = 0, force = false, signal, onProgress, onMessage } = options;
  const { threads = Math.min(mostThreads, availableParallelism()) } = options;
  if (options.perplexity !== undefined && method !== 'tsne') {
    throw new OptionError('--perplexity', `${method} has none`, 'Leave it out, or use --method tsne');
  }
  refuseToOverwrite(out, force);
  const files = await readFiles(paths);
  const [{ kind }] = files;
  const { data, values } = files.length === 1 ? files[0] : joinCells(files[0], files[1]);
  for (const line of remarks(files, values.cols)) onMessage?.(line);
  await letSignalsArrive(signal);
  const logarithms = logNormalise(values, kind);
  const scores = expressionComponents(values, kind, logarithms, seed);
  await letSignalsArrive(signal);
  const perplexity = method === 'tsne' ? (options.perplexity ?? defaultPerplexity(scores.rows)) : null;
  const coordinates = await embedScores(scores, {
    ...{ method, seed, threads },
    ...(perplexity !== null && { perplexity }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  const made = {
    ...{ method, seed, components: scores.cols, version, files: paths.map(basenameOf) },
    ...(perplexity !== null && { perplexity }),
  };
  const contents: AnnData = {
    ...data,
    ...(files.length > 1 && data.X === null && { X: logarithms }),
    obsm: new Map([...data.obsm, ...embeddings(method, coordinates, scores)]),
    uns: {
      ...data.uns,
      cellcrate: { ...provenanceOf(data), embedding: made },
    },
  };
  await writeH5ad(out, contents, { force });
  return {
    ...{
      file: out,
      method,
      cells: values.rows,
      genes: contents.var.index.length,
      components: scores.cols,
      perplexity,
    },
    sources: files.map((one) => ({ file: one.file, cells: one.values.rows, reason: one.reason })),
    seconds: (performance.now() - begun) / 1000,
  };
}

const basenameOf = (path: string): string => basename(path);

async function readFiles(paths: readonly string[]): Promise<readonly [ChosenCells, ...ChosenCells[]]> {
  const [first, second] = paths;
  if (first === undefined || paths.length > 2) {
    throw new OptionError(
      'FILE',
      `${paths.length} files were given`,
      'Give one file, or two to embed together',
    );
  }
  if (second === undefined) return [await readChosenCells(first, basename(first))];
  const name = basename(first) === basename(second) ? (path: string) => path : basenameOf;
  if (name(first) === name(second)) {
    throw new OptionError('FILE', `${first} was given twice`, 'Give one file, or two different ones');
  }
  return [await readChosenCells(first, name(first)), await readChosenCells(second, name(second))];
}

function remarks(files: readonly ChosenCells[], shared: number): string[] {
  if (files.length === 1) return [];
  const cells = files.map((one) => one.values.rows);
  const aside = files.filter((one) => one.genes.index.length > shared);
  return [
    ...aside.map(
      (one) =>
        `${one.file}: ${one.genes.index.length - shared} of ${one.genes.index.length} genes left aside, the other file lacks them`,
    ),
    ...(Math.max(...cells) > unevenSides * Math.min(...cells)
      ? [`${cells.join(' and ')} cells: the larger file shapes the picture; equal numbers compare better`]
      : []),
  ];
}

function embeddings(
  method: EmbeddingMethod,
  coordinates: Float32Array,
  scores: DenseMatrix,
): [string, DenseMatrix][] {
  const components: [string, DenseMatrix] = ['X_pca', scores];
  if (method === 'pca') return [components];
  return [components, [`X_${method}`, { format: 'dense', rows: scores.rows, cols: 2, data: coordinates }]];
}

/** What `uns['cellcrate']` says already, such as how the cells were generated. */
function provenanceOf(data: AnnData): { readonly [key: string]: UnsValue } {
  const before = data.uns.cellcrate;
  const isMapping = typeof before === 'object' && !Array.isArray(before) && !ArrayBuffer.isView(before);
  return isMapping ? (before as { readonly [key: string]: UnsValue }) : {};
}

/** Reading and computing block the thread: an interruption is only heard between them. */
async function letSignalsArrive(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
