import { librarySizes } from '../src/counts/library-size.js';
import { sampleCounts } from '../src/counts/nb-sampling.js';
import type { CategoricalColumn, Column, CsrMatrix, DataFrame, NumericColumn } from '../src/io/anndata.js';
import type { Annotation } from '../src/io/write.js';
import { stream } from '../src/random/stream.js';
import {
  batches,
  type CellState,
  cellTypes,
  drawCell,
  drawGenes,
  type Genes,
  programmeActivity,
  programmes,
} from './simulate-tissue.js';

/** Cells drawn at a time; a block's counts are all that is in memory. */
const BLOCK = 4096;

/** A data set that is drawn while it is written. */
export interface Simulation {
  /** `n_counts` in obs is complete once all blocks were drawn. */
  readonly annotation: Annotation;
  /** Counts, consecutive cells x genes. */
  readonly blocks: Iterable<{ readonly X: CsrMatrix }>;
}

/**
 * A simulated tissue with known truth: counts in X, the cells' state in obs, and in var the programme of every gene
 * with the figures that it was drawn with. The same seed gives the same cells, however many are asked for.
 */
export function simulate(cells: number, genes: number, seed: number): Simulation {
  const truth = drawGenes(genes, seed);
  const totals = new Float64Array(cells);
  function* blocks(): Iterable<{ X: CsrMatrix }> {
    for (let start = 0; start < cells; start += BLOCK) {
      const count = Math.min(BLOCK, cells - start);
      // Drawn once more, since a million of them would fill memory.
      const states = Array.from({ length: count }, (_, i) => drawCell(start + i, seed));
      const X = drawCounts(states, start, truth, seed);
      totals.set(librarySizes(X), start);
      yield { X };
    }
  }
  const annotation = {
    obs: describeCells(seed, totals),
    var: describeGenes(truth),
    uns: { simulation: { method: 'gamma-Poisson, scripts/simulate.ts of cellcrate', seed, cells, genes } },
  };
  return { annotation, blocks: blocks() };
}

function describeCells(seed: number, totals: Float64Array): DataFrame {
  const cells = totals.length;
  const digits = String(cells).length;
  const types = new Int32Array(cells);
  const batchOf = new Int32Array(cells);
  const pseudotime = new Float64Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const state = drawCell(cell, seed);
    types[cell] = state.type;
    batchOf[cell] = state.batch;
    pseudotime[cell] = state.pseudotime;
  }
  const typeNames = cellTypes.map((type) => type.name);
  return {
    index: Array.from({ length: cells }, (_, cell) => `cell${String(cell + 1).padStart(digits, '0')}`),
    columns: new Map<string, Column>([
      ['cell_type', categorical(types, typeNames)],
      ['batch', categorical(batchOf, batches)],
      ['pseudotime', numeric(pseudotime)],
      ['n_counts', { kind: 'numeric', values: totals, integer: true }],
    ]),
  };
}

function describeGenes(truth: Genes): DataFrame {
  return {
    index: truth.names,
    columns: new Map<string, Column>([
      [
        'programme',
        categorical(
          Array.from(truth.programme, (p) => p + 1),
          ['background', ...programmes],
        ),
      ],
      ['log2_fold_change', numeric(truth.logFoldChange)],
      ['theta', numeric(truth.theta)],
      ['batch_effect', numeric(truth.batchEffect)],
    ]),
  };
}

/** Negative-binomial counts of consecutive cells, the first of them number `start`. */
function drawCounts(states: readonly CellState[], start: number, truth: Genes, seed: number): CsrMatrix {
  const genes = truth.names.length;
  const means = new Float64Array(genes);
  const counts = new Float32Array(genes);
  const indptr = new Float64Array(states.length + 1);
  const indices: number[] = [];
  const data: number[] = [];
  states.forEach((state, i) => {
    expectedCounts(state, truth, means);
    sampleCounts(stream(seed, 'counts', start + i), means, truth.theta, counts);
    for (let gene = 0; gene < genes; gene++) {
      if (counts[gene] === 0) continue;
      indices.push(gene);
      data.push(counts[gene]);
    }
    indptr[i + 1] = indices.length;
  });
  return {
    format: 'csr',
    rows: states.length,
    cols: genes,
    indptr,
    indices: Int32Array.from(indices),
    data: Float32Array.from(data),
  };
}

function expectedCounts(state: CellState, truth: Genes, out: Float64Array): void {
  const activity = programmeActivity(state);
  let total = 0;
  for (let gene = 0; gene < out.length; gene++) {
    const programme = truth.programme[gene];
    const on = programme < 0 ? 0 : activity[programme];
    const batch = state.batch === 1 ? truth.batchEffect[gene] : 0;
    out[gene] = truth.rate[gene] * Math.exp(on * truth.logFoldChange[gene] * Math.LN2 + batch);
    total += out[gene];
  }
  for (let gene = 0; gene < out.length; gene++) out[gene] *= state.librarySize / total;
}

function categorical(codes: ArrayLike<number>, categories: readonly string[]): CategoricalColumn {
  return { kind: 'categorical', categories, codes: Int32Array.from(codes), ordered: false };
}

function numeric(values: Float64Array): NumericColumn {
  return { kind: 'numeric', values, integer: false };
}
