import type { EngineOptions } from '../engine/device.js';
import type { TracedCell, TraceSection } from '../explain/explanation.js';
import { decidedShare, decisionSteps, nearestTypes, typeCentroids } from '../explain/path-decisions.js';
import type { DenseMatrix } from '../io/anndata.js';
import { nearestNeighboursAmong } from '../metrics/neighbours.js';
import { cellReadout } from './cell-readout.js';
import { drawStates } from './drawn-cells.js';
import type { OpenedDecoder } from './explain-programmes.js';
import type { ExplainedCells } from './explained-cells.js';
import { assignLabels } from './label-requests.js';
import { codesPerCell } from './labels.js';
import type { LoadedModel } from './model-file.js';

/** Cells whose way is followed, with the labels of training and without any. */
const FOLLOWED = { latent: 256, 'noised-genes': 256, genes: 8 } as const;
const SHOWN_CELLS = 12;
const SHOWN_PROGRAMMES = 6;
const NEIGHBOURS = 5;

/**
 * Follows generated cells from noise: when the type of each was decided (the type whose mean is nearest to the clean cell that
 * the denoiser sees at a step), which programmes made it, and which real cells are nearest.
 * @param state real cells' rows of the state space, cells x width
 * @returns null where fewer than two types are known
 */
export async function traceCells(
  model: LoadedModel,
  run: string,
  opened: OpenedDecoder | null,
  cells: ExplainedCells,
  state: Float32Array,
  seed: number,
  engine: EngineOptions,
): Promise<TraceSection | null> {
  const { denoiser, labels, state: space } = model.description;
  const { width } = denoiser;
  // The library size is no part of a type.
  const compared = space.kind === 'genes' ? width : space.autoencoder.latent;
  const { names, codes } = cells.types;
  const centroids = typeCentroids(state, width, codes, names.length).map(
    (own) => own?.subarray(0, compared) ?? null,
  );
  if (centroids.filter((own) => own !== null).length < 2) return null;
  const count = FOLLOWED[space.kind];
  const asked = assignLabels(labels, [], count, seed).codes;
  const follow = async (wanted: Int32Array) => {
    const steps: number[] = [];
    const path: Int32Array[] = [];
    const rows = await drawStates(model, wanted, count, seed, engine, (_, { t, x0 }) => {
      steps.push(t);
      path.push(nearestTypes(x0, width, centroids));
    });
    return { rows, steps, path, decisions: decisionSteps(path) };
  };
  const guided = await follow(asked);
  const keys = labels.keys.length;
  // Only labels are hidden, as by `generate --guidance 0`: the cluster stays known.
  const each = codesPerCell(labels);
  const free = keys === 0 ? null : await follow(asked.map((code, at) => (at % each < keys ? -1 : code)));
  const { steps } = guided;
  const made = opened && (await codeOf(model, run, guided.rows, asked, seed, engine));
  const neighbours = nearestNeighboursAmong(
    leading(guided.rows, width, compared),
    leading(state, width, compared),
    Math.min(NEIGHBOURS, cells.names.length),
  );
  const askedName = (cell: number) => {
    const [key] = labels.keys;
    const code = key === undefined ? -1 : asked[cell * codesPerCell(labels)];
    return code < 0 ? null : key.names[code];
  };
  const shown = differentTypes(Array.from({ length: count }, (_, cell) => askedName(cell)));
  return {
    steps,
    decided: {
      asked: decidedShare(guided.decisions, steps.length),
      free: free && decidedShare(free.decisions, steps.length),
    },
    halfDecided: { asked: halfAt(guided.decisions, steps), free: free && halfAt(free.decisions, steps) },
    cells: shown.map(
      (cell): TracedCell => ({
        cell: `cell_${cell}`,
        asked: askedName(cell),
        path: guided.path.map((types) => names[types[cell]]),
        decidedAt: steps[guided.decisions[cell]],
        programmes: opened && made ? strongest(opened, made, cell) : [],
        neighbours: Array.from({ length: neighbours.k }, (_, i) => {
          const row = neighbours.indices[cell * neighbours.k + i];
          const distance = neighbours.distances[cell * neighbours.k + i];
          return { cell: cells.names[row], type: names[codes[row]] ?? null, distance };
        }),
      }),
    ),
  };
}

async function codeOf(
  model: LoadedModel,
  run: string,
  rows: Float32Array,
  labels: Int32Array,
  seed: number,
  engine: EngineOptions,
): Promise<Float32Array | null> {
  const readout = await cellReadout(model, run, seed, engine);
  try {
    return (await readout.read(rows, labels, 0)).code ?? null;
  } finally {
    await readout.close();
  }
}

/** What each atom adds to the cell beside the mean cell: code above the mean, times the length of the programme. */
function strongest(
  { usage, strength, live }: OpenedDecoder,
  code: Float32Array,
  cell: number,
): TracedCell['programmes'] {
  const parts = Array.from(live, (atom) => {
    const own = code[cell * usage.atoms + atom];
    const length = strength[atom] / usage.deviation[atom];
    return { atom, code: own, size: (own - usage.mean[atom]) * length };
  });
  return parts.sort((a, b) => Math.abs(b.size) - Math.abs(a.size)).slice(0, SHOWN_PROGRAMMES);
}

/** The first cell of each type, then others. */
function differentTypes(types: readonly (string | null)[]): number[] {
  const isFirst = types.map((type, cell) => types.indexOf(type) === cell);
  const order = Array.from(types.keys()).sort((a, b) => Number(isFirst[b]) - Number(isFirst[a]) || a - b);
  return order.slice(0, SHOWN_CELLS).sort((a, b) => a - b);
}

/** The noise level at which half of the cells have been decided. */
function halfAt(decisions: Int32Array, steps: readonly number[]): number | null {
  const step = decidedShare(decisions, steps.length).findIndex((share) => share >= 0.5);
  return step < 0 ? null : steps[step];
}

function leading(rows: Float32Array, width: number, kept: number): DenseMatrix {
  const count = rows.length / width;
  const data = Float32Array.from(
    { length: count * kept },
    (_, at) => rows[Math.floor(at / kept) * width + (at % kept)],
  );
  return { format: 'dense', rows: count, cols: kept, data };
}
