import { closeRows, takeRows } from '../counts/cell-rows.js';
import { applyPreprocessing, normalisedRows, type StoredCells } from '../counts/preprocessing.js';
import { nearestCentres } from '../embedding/k-means.js';
import type { EngineOptions } from '../engine/device.js';
import { DataError } from '../errors.js';
import { Program } from '../graph/program.js';
import { withH5ad } from '../io/h5ad-file.js';
import { stream } from '../random/stream.js';
import { encodeCells } from './autoencoder-stage.js';
import { type ChosenRows, readChosenRows } from './chosen-cells.js';
import { decoderFeeds } from './decoder-feeds.js';
import { type Encoding, noisedGenes, posteriorEncoding } from './encoding.js';
import { codeOutput } from './export-onnx.js';
import { geneSymbols } from './gene-symbols.js';
import { obviousLabelColumn } from './label-columns.js';
import { codesPerCell, readLabels } from './labels.js';
import type { LoadedModel } from './model-file.js';
import { encodedRows, geneRows } from './state-rows.js';

/** Cells as the model sees them. */
export interface ExplainedCells {
  /** Null for generated cells. */
  readonly file: string | null;
  readonly names: readonly string[];
  readonly prepared: StoredCells;
  /** What the model's genes are called: their symbols where the file has them. */
  readonly geneNames: readonly string[];
  /** Normalised expression, cells x genes, row-major. */
  readonly expression: Float32Array;
  /** Types by the key that is explained: codes of each cell, -1 without one; no names where there is no key. */
  readonly typeKey: string | null;
  readonly types: { readonly names: readonly string[]; readonly codes: Int32Array };
  /** Codes as the denoiser takes them, cells x `codesPerCell`; -1 where the file lacks the column, and for the cluster of real cells. */
  readonly labels: Int32Array;
}

/** Enough for every figure; more would only take time. */
const MOST_CELLS = 4000;

/**
 * Reads a file's cells, cut to the model's genes; of very many a seeded choice.
 * @param typeKey obs column of cell types; else the model's first label, else the obvious column
 * @param symbols var column of gene symbols; else a usual one
 * @throws FileError, DataError: each names what is wrong in the file
 */
export async function readExplainedCells(
  file: string,
  model: LoadedModel,
  typeKey: string | undefined,
  symbols: string | undefined,
  seed: number,
): Promise<ExplainedCells> {
  const names = await withH5ad(file, (open) => open.obs.index);
  const chosen = await readChosenRows(file, file);
  try {
    const geneNames = geneSymbols(chosen.genes, model.description.preprocessing.geneNames, symbols, file);
    return { ...explainedRows(chosen, names, model, typeKey, seed), geneNames };
  } finally {
    closeRows(chosen.values);
  }
}

function explainedRows(
  chosen: ChosenRows,
  names: readonly string[],
  model: LoadedModel,
  typeKey: string | undefined,
  seed: number,
): Omit<ExplainedCells, 'geneNames'> {
  const { file } = chosen;
  const { preprocessing, labels } = model.description;
  if (chosen.kind !== preprocessing.kind) {
    throw new DataError(
      file,
      `holds ${chosen.kind} values in ${chosen.matrix}, and the model was trained on ${preprocessing.kind} ones`,
      'Give the training file, or cells of the same kind',
    );
  }
  const rows = someCells(chosen.values.rows, seed);
  const { obs } = chosen.data;
  const key = typeKey ?? labels.keys[0]?.key ?? obviousLabelColumn(obs);
  const known = key === null ? null : readLabels(obs, [key], file);
  const values = takeRows(chosen.values, rows);
  const prepared = applyPreprocessing(preprocessing, values, chosen.genes.index);
  const expression = new Float32Array(rows.length * preprocessing.geneNames.length);
  normalisedRows(prepared, Array.from(rows.keys()), expression);
  return {
    file,
    names: Array.from(rows, (row) => names[row]),
    prepared,
    expression,
    typeKey: key,
    types: {
      names: known?.space.keys[0].names ?? [],
      codes: Int32Array.from(rows, (row) => known?.codes[row] ?? -1),
    },
    labels: modelLabels(model, obs, rows, file),
  };
}

/** All cells, or a seeded choice of them in file order. */
function someCells(total: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: total }, (_, cell) => cell);
  if (total <= MOST_CELLS) return all;
  const draws = Float64Array.from(all, (cell) => stream(seed, 'explained cells', cell).uniform());
  return all
    .sort((a, b) => draws[a] - draws[b])
    .slice(0, MOST_CELLS)
    .sort();
}

function modelLabels(
  { description: { labels } }: LoadedModel,
  obs: Parameters<typeof readLabels>[0],
  rows: Int32Array,
  file: string,
): Int32Array {
  const each = codesPerCell(labels);
  const codes = new Int32Array(rows.length * each).fill(-1);
  labels.keys.forEach(({ key, names }, k) => {
    if (!obs.columns.has(key)) return;
    const own = readLabels(obs, [key], file);
    const places = own.space.keys[0].names.map((name) => names.indexOf(name));
    rows.forEach((row, i) => {
      codes[i * each + k] = places[own.codes[row]] ?? -1;
    });
  });
  return codes;
}

/** Codes with the clusters that are not known yet: those of the nearest centre. */
export function withNearestClusters(
  { description: { labels, denoiser }, clusterCentres }: LoadedModel,
  codes: Int32Array,
  state: Float32Array,
): Int32Array {
  if (clusterCentres === null) return codes;
  const each = codesPerCell(labels);
  const cells = state.length / denoiser.width;
  const nearest = nearestCentres(
    { format: 'dense', rows: cells, cols: denoiser.width, data: state },
    clusterCentres,
  );
  return codes.map((code, at) =>
    at % each === each - 1 && code < 0 ? nearest[Math.floor(at / each)] : code,
  );
}

/** The same cells with types of another file's names, so that codes agree; names that are only here come last. */
export function withTypesOf(cells: ExplainedCells, names: readonly string[]): ExplainedCells {
  const all = [...names, ...cells.types.names.filter((name) => !names.includes(name))];
  const places = cells.types.names.map((name) => all.indexOf(name));
  const codes = cells.types.codes.map((code) => places[code] ?? -1);
  return { ...cells, types: { names: all, codes } };
}

/** Clean rows of the state space, cells x width, and of a sparse decoder the cells' codes, cells x atoms. */
export interface EncodedCells {
  readonly state: Float32Array;
  readonly code: Float32Array | null;
}

/** A latent model's cells stand at the means of their posteriors; noised genes are noised, as the decoder knows no others. Its code is of the
 * state alone: labels are hidden. */
export async function encodeForDecoder(
  model: LoadedModel,
  prepared: StoredCells,
  engine: EngineOptions,
): Promise<EncodedCells> {
  const { state: space, denoiser } = model.description;
  const all = Int32Array.from({ length: prepared.values.rows }, (_, cell) => cell);
  if (space.kind === 'genes') {
    const state = new Float32Array(all.length * denoiser.width);
    geneRows(prepared).fill(all, 0, state);
    return { state, code: null };
  }
  const { autoencoder } = space;
  const weights = model.weights.get('autoencoder')!;
  const withLibrary = denoiser.width > autoencoder.latent;
  const rowsOf = (encoding: Encoding) =>
    encodedRows(prepared, encoding, withLibrary, 0, model.standardisation!);
  let state: Float32Array;
  if (space.kind === 'latent') {
    const posteriors = await encodeCells(prepared, space.autoencoder, weights, engine);
    state = rowsOf(posteriorEncoding(posteriors, all.length)).centres(all).data;
  } else {
    state = new Float32Array(all.length * denoiser.width);
    rowsOf(noisedGenes(prepared, space.noise)).fill(all, 0, state);
  }
  if (autoencoder.decoder.kind === 'mlp') return { state, code: null };
  const code = codeOutput(autoencoder);
  const program = await Program.compile({ code }, engine, weights);
  try {
    const { logLibrary: _, ...feeds } = decoderFeeds(model, state, null);
    return { state, code: (await program.run(feeds)).code };
  } finally {
    await program.close();
  }
}
