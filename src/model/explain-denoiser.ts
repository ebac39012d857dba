import { readoutOf } from '../counts/readout.js';
import { toCleanAndNoise } from '../diffusion/parameterisation.js';
import { scheduleByName } from '../diffusion/schedule.js';
import type { EngineOptions } from '../engine/device.js';
import { leadingDirection, meanProduct } from '../explain/carry.js';
import type { DenoiserPart, DenoiserSection, GeneWeight } from '../explain/explanation.js';
import { columnOf, topGenes } from '../explain/programmes.js';
import { gradients } from '../graph/autodiff.js';
import { slice } from '../graph/ops/layout.js';
import { sum } from '../graph/ops/reduce.js';
import { Program } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import type { LayerView } from '../nn/denoiser.js';
import { Params } from '../nn/params.js';
import { decoderFeeds } from './decoder-feeds.js';
import { buildDenoiser } from './denoisers.js';
import { readoutOutputs } from './export-onnx.js';
import type { LoadedModel } from './model-file.js';
import { type RowsToNoise, rowsToNoise } from './noised-rows.js';
import { conditionRows } from './sampling.js';

/** The noise level at which derivatives are taken: types are decided by then, and the denoiser still has work. */
const LEVEL = 300;
const CELLS = 32;
const SHOWN_GENES = 10;
/** Of each layer the atoms that move genes most. */
const SHOWN_ATOMS = 8;
/** Step of the finite differences, in deviations of a latent coordinate. */
const STEP = 0.05;

/**
 * Heads and atoms of the denoiser carried to genes. Nothing here is linear, so this is a mean derivative over cells: of the
 * predicted clean state by the part (autodiff, all tokens together), times that of the genes' logarithms by the state (central
 * differences).
 * @param genes what they are called
 * @param state clean rows, cells x width
 * @param codes of the same cells, cells x `codesPerCell`
 * @returns null for another denoiser, and where there are no counts
 */
export async function carryDenoiser(
  model: LoadedModel,
  genes: readonly string[],
  state: Float32Array,
  codes: Int32Array,
  seed: number,
  engine: EngineOptions,
): Promise<DenoiserSection | null> {
  const { denoiser, state: space } = model.description;
  // A log-normalised value is not the logarithm of a rate.
  if (space.kind !== 'latent' || denoiser.kind !== 'crate' || !readoutOf(space.readout).counts) return null;
  const latent = space.autoencoder.latent;
  const rows = rowsToNoise(model, state, codes, CELLS, seed);
  const { layers, clean } = await stateDerivatives(model, rows, latent, engine);
  const toGenes = await geneDerivatives(model, clean, engine);
  const weights = model.weights.get('denoiser')!;
  const parts = layers.flatMap(({ byCode, byToken, share }, layer): DenoiserPart[] => {
    const atoms = partsOf(meanProduct(byCode, toGenes, rows.cells, latent), denoiser.atoms)
      .map((column, atom) => ({ name: `atom ${atom}`, column, share: share[atom] }))
      .sort((a, b) => lengthOf(b.column) * b.share - lengthOf(a.column) * a.share)
      .slice(0, SHOWN_ATOMS);
    const tokens = meanProduct(byToken, toGenes, rows.cells, latent);
    const written = weights.get(`blocks.${layer}.attn.to_out.0.weight`)!;
    const heads = Array.from({ length: denoiser.heads }, (_, head) => ({
      name: `head ${head}`,
      column: leadingDirection(
        headColumns(tokens, written, denoiser.dim, denoiser.heads, head),
        denoiser.dim / denoiser.heads,
      ),
      share: null,
    }));
    return [...heads, ...atoms].map(({ name, column, share: used }) => ({
      ...{ name, layer, share: used, size: lengthOf(column) },
      up: weightsOf(column, genes, 'up'),
      down: weightsOf(column, genes, 'down'),
    }));
  });
  return { t: LEVEL, parts };
}

interface LayerDerivatives {
  /** cells x latent x atoms, and cells x latent x dim; summed over tokens. */
  readonly byCode: Float32Array;
  readonly byToken: Float32Array;
  /** Share of tokens that use each atom. */
  readonly share: Float64Array;
}

async function stateDerivatives(
  model: LoadedModel,
  rows: RowsToNoise,
  latent: number,
  engine: EngineOptions,
): Promise<{ layers: LayerDerivatives[]; clean: Float32Array }> {
  const { denoiser, diffusion, labels: space } = model.description;
  const { width, conditionWidth } = denoiser;
  const schedule = scheduleByName(diffusion.schedule);
  const { cells } = rows;
  const views: LayerView[] = [];
  const condition = conditionWidth > 0 ? input('condition', [cells, conditionWidth]) : null;
  const prediction = buildDenoiser(denoiser).predict(
    Params.create(),
    input('x', [cells, width]),
    input('t', [cells]),
    condition,
    (view) => views.push(view),
  );
  const outputs: Record<string, Tensor> = { prediction };
  views.forEach((view, layer) => {
    outputs[`code${layer}`] = view.code;
  });
  for (let k = 0; k < latent; k++) {
    const targets = views.flatMap((view) => [view.code, view.attention]);
    const slopes = gradients(sum(slice(prediction, 1, k, k + 1)), targets);
    slopes.forEach((slope, i) => {
      outputs[`slope${i}_${k}`] = sum(slope, [1]);
    });
  }
  const x = rows.at(LEVEL);
  const program = await Program.compile(outputs, engine, model.weights.get('denoiser')!);
  const oneHot = conditionRows(space, rows.codes, cells);
  const values = await program.run({
    x: { data: x, shape: [cells, width] },
    t: { data: new Float32Array(cells).fill(LEVEL), shape: [cells] },
    ...(oneHot && { condition: { data: oneHot, shape: [cells, conditionWidth] } }),
  });
  await program.close();
  const alphaBar = schedule.alphaBar[LEVEL];
  const { x0 } = toCleanAndNoise(diffusion.parameterisation, values.prediction, x, alphaBar);
  const slope = cleanSlope(diffusion.parameterisation, alphaBar);
  const gathered = (i: number, units: number) => {
    const all = new Float32Array(cells * latent * units);
    for (let k = 0; k < latent; k++) {
      const own = values[`slope${i}_${k}`];
      for (let cell = 0; cell < cells; cell++) {
        for (let unit = 0; unit < units; unit++) {
          all[(cell * latent + k) * units + unit] = slope * own[cell * units + unit];
        }
      }
    }
    return all;
  };
  const layers = views.map((view, layer) => {
    const [units, dim] = [view.code.shape[2] as number, view.attention.shape[2] as number];
    const code = values[`code${layer}`];
    const share = new Float64Array(units);
    for (let at = 0; at < code.length; at++) if (code[at] > 0) share[at % units] += units / code.length;
    return { byCode: gathered(2 * layer, units), byToken: gathered(2 * layer + 1, dim), share };
  });
  return { layers, clean: x0 };
}

/** Slope of the clean row by the network's output: x0 is linear in it. */
function cleanSlope(kind: Parameters<typeof toCleanAndNoise>[0], alphaBar: number): number {
  const at = (value: number) =>
    toCleanAndNoise(kind, Float32Array.of(value), Float32Array.of(0), alphaBar).x0[0];
  return at(1) - at(0);
}

/** Derivative of each gene's ln mean by each standardised latent coordinate: cells x genes x latent. */
async function geneDerivatives(
  model: LoadedModel,
  clean: Float32Array,
  engine: EngineOptions,
): Promise<Float32Array> {
  const { state, denoiser } = model.description;
  if (state.kind !== 'latent') throw new Error('not a latent model');
  const { latent, genes } = state.autoencoder;
  const { width } = denoiser;
  const { mean } = readoutOutputs(state.autoencoder, state.readout);
  const program = await Program.compile({ mean }, engine, model.weights.get('autoencoder')!);
  const slopes = new Float32Array((clean.length / width) * genes * latent);
  const logMeans = async (k: number, step: number) => {
    const moved = clean.map((value, at) => (at % width === k ? value + step : value));
    const { mean: rates } = await program.run(decoderFeeds(model, moved, null));
    return rates.map((rate) => Math.log(Math.max(rate, 1e-12)));
  };
  for (let k = 0; k < latent; k++) {
    const [low, high] = [await logMeans(k, -STEP), await logMeans(k, STEP)];
    for (let at = 0; at < low.length; at++) slopes[at * latent + k] = (high[at] - low[at]) / (2 * STEP);
  }
  await program.close();
  return slopes;
}

/** What the head's output directions do to genes: genes x d_h. */
function headColumns(
  tokens: Float64Array,
  written: Float32Array,
  dim: number,
  heads: number,
  head: number,
): Float64Array {
  const width = dim / heads;
  const genes = tokens.length / dim;
  const columns = new Float64Array(genes * width);
  for (let gene = 0; gene < genes; gene++) {
    for (let i = 0; i < dim; i++) {
      for (let k = 0; k < width; k++) {
        columns[gene * width + k] += tokens[gene * dim + i] * written[i * dim + head * width + k];
      }
    }
  }
  return columns;
}

const partsOf = (matrix: Float64Array, count: number): Float64Array[] =>
  Array.from({ length: count }, (_, part) => columnOf(matrix, count, part));

const lengthOf = (column: Float64Array): number =>
  Math.sqrt(column.reduce((sum, value) => sum + value * value, 0));

function weightsOf(column: Float64Array, genes: readonly string[], side: 'up' | 'down'): GeneWeight[] {
  return Array.from(topGenes(column, SHOWN_GENES, side), (gene) => ({
    gene: genes[gene],
    log2: column[gene] / Math.LN2,
  }));
}
