import { compressRows, denseRows, selectRows } from '../counts/csr.js';
import { stratifiedSplit } from '../counts/stratified-split.js';
import type { MarkerScore, MarkerSection } from '../explain/explanation.js';
import {
  type Components,
  componentStructure,
  type MarkerMatch,
  matchMarkers,
  shuffled,
  shuffledRows,
} from '../explain/marker-match.js';
import { columnOf, topGenes } from '../explain/programmes.js';
import type { CsrMatrix } from '../io/anndata.js';
import { contrastLabels, topMarkers } from '../metrics/markers.js';
import { nonNegativeFactors } from '../metrics/nmf.js';
import { principalComponents } from '../metrics/pca.js';
import { stream } from '../random/stream.js';
import type { OpenedDecoder } from './explain-programmes.js';
import type { ExplainedCells } from './explained-cells.js';

const MARKERS = 50;
/** A type needs as many cells on the side that defines its markers. */
const FEWEST_CELLS = 10;
/** Factors of NMF and PCA cost time, and more than this many say no more. */
const MOST_COMPONENTS = 128;
const TEST_SHARE = 0.25;
const SHUFFLES = 3;
const SHOWN_GENES = 10;

interface Method extends Components {
  readonly name: string;
}

/**
 * Are the programmes those of the cell types? For each type its markers (Welch's t, the first 50) on cells aside; its component
 * chosen on the other cells by scores alone; and how early its markers come among the component's genes, for the programmes,
 * PCA and NMF with as many components.
 * @param test cells that the model has not seen; null: a quarter of the cells is set aside
 * @returns null where fewer than two types have cells enough
 */
export function compareMarkers(
  opened: OpenedDecoder,
  cells: ExplainedCells,
  code: Float32Array,
  test: ExplainedCells | null,
  seed: number,
): MarkerSection | null {
  const genes = opened.programmes.genes;
  const all = matrixOf(cells.expression, genes);
  const { learning, aside } = sides(cells, test, all, seed);
  const types = cells.types.names;
  const markers = markersOf(aside.matrix, aside.types, types.length);
  if (markers.filter((own) => own !== null).length < 2) return null;
  const learned = Int32Array.from(learning, (row) => cells.types.codes[row]);
  const matrix = selectRows(all, learning);
  const expression = new Float32Array(learning.length * genes);
  denseRows(all, learning, expression);
  const count = Math.min(MOST_COMPONENTS, opened.live.length, matrix.rows - 1, genes);
  const atoms = opened.live.subarray(0, count);
  const methods = [
    programmeComponents(opened, code, learning, atoms),
    pcaComponents(matrix, count, seed),
    nmfComponents(matrix, count, seed),
  ];
  const own = methods.map((method) => matchMarkers(method, learned, markers));
  const structures = methods.map((method) => ({
    ...method,
    loadings: componentStructure(method, expression, genes),
  }));
  const inCells = structures.map((method) => matchMarkers(method, learned, markers));
  const controls = shuffledControls(methods[0], structures[0], learned, markers, aside, types.length, seed);
  const positives = markers.flatMap((isMarker) =>
    isMarker === null ? [] : [isMarker.reduce((a, b) => a + b, 0)],
  );
  return {
    components: count,
    markersPerType: MARKERS,
    chance: positives.reduce((a, b) => a + b, 0) / positives.length / genes,
    scores: [
      ...methods.map(({ name }, i) => scoreOf(name, 'own', own[i])),
      ...methods.map(({ name }, i) => scoreOf(name, 'in cells', inCells[i])),
      ...controls,
    ],
    types: own[0].map((match, i) => ({
      type: types[match.type],
      atom: atoms[match.matched],
      auroc: match.auroc,
      precision: match.precision,
      inCells: inCells[0][i].precision,
      pca: own[1][i].precision,
      nmf: own[2][i].precision,
      found: foundMarkers(opened, atoms[match.matched], markers[match.type]!, cells),
    })),
  };
}

interface Aside {
  readonly matrix: CsrMatrix;
  readonly types: Int32Array;
}

function sides(
  cells: ExplainedCells,
  test: ExplainedCells | null,
  all: CsrMatrix,
  seed: number,
): { learning: Int32Array; aside: Aside } {
  const { codes } = cells.types;
  if (test !== null) {
    const aside = { matrix: matrixOf(test.expression, all.cols), types: test.types.codes };
    return { learning: Int32Array.from(codes.keys()), aside };
  }
  const split = stratifiedSplit(Array.from(codes), codes.length, TEST_SHARE, seed);
  const aside = {
    matrix: selectRows(all, split.test),
    types: Int32Array.from(split.test, (row) => codes[row]),
  };
  return { learning: split.train, aside };
}

function markersOf(matrix: CsrMatrix, codes: Int32Array, types: number): (Uint8Array | null)[] {
  const contrasts = contrastLabels(matrix, codes, types);
  return Array.from({ length: types }, (_, type) => {
    if (codes.filter((code) => code === type).length < FEWEST_CELLS) return null;
    const isMarker = new Uint8Array(matrix.cols);
    for (const gene of topMarkers(contrasts, type, MARKERS)) isMarker[gene] = 1;
    return isMarker.includes(1) ? isMarker : null;
  });
}

function programmeComponents(
  { programmes }: OpenedDecoder,
  code: Float32Array,
  rows: Int32Array,
  atoms: Int32Array,
): Method {
  const all = programmes.atoms;
  const count = atoms.length;
  const pick = (matrix: ArrayLike<number>, row: number) =>
    Array.from(atoms, (atom) => matrix[row * all + atom]);
  return {
    ...{ name: 'programmes', count, signed: false },
    scores: Float64Array.from(Array.from(rows, (row) => pick(code, row)).flat()),
    loadings: Float64Array.from(
      Array.from({ length: programmes.genes }, (_, gene) => pick(programmes.effects, gene)).flat(),
    ),
  };
}

function pcaComponents(matrix: CsrMatrix, count: number, seed: number): Method {
  const { scores, components } = principalComponents(matrix, count, seed);
  return {
    ...{ name: 'PCA', count, signed: true },
    ...{ scores: scores.data, loadings: byGene(components, count) },
  };
}

function nmfComponents(matrix: CsrMatrix, count: number, seed: number): Method {
  const { usage, factors } = nonNegativeFactors(matrix, count, seed);
  return { ...{ name: 'NMF', count, signed: false }, scores: usage, loadings: byGene(factors, count) };
}

/** k x genes to genes x k. */
function byGene(components: Float64Array, k: number): Float64Array {
  const genes = components.length / k;
  return Float64Array.from(
    { length: components.length },
    (_, at) => components[(at % k) * genes + Math.floor(at / k)],
  );
}

/** What the same programmes reach where genes, or the types of cells, mean nothing. */
function shuffledControls(
  programmes: Method,
  inCells: Method,
  learned: Int32Array,
  markers: readonly (Uint8Array | null)[],
  aside: Aside,
  types: number,
  seed: number,
): MarkerScore[] {
  const turns = Array.from({ length: SHUFFLES }, (_, turn) => turn);
  const byGenes = turns.flatMap((turn) => {
    const loadings = shuffledRows(
      programmes.loadings,
      programmes.count,
      stream(seed, 'shuffled genes', turn),
    );
    return matchMarkers({ ...programmes, loadings }, learned, markers);
  });
  const byTypes = (method: Method) =>
    turns.flatMap((turn) => {
      const others = shuffled(aside.types, stream(seed, 'shuffled types', turn));
      const own = shuffled(learned, stream(seed, 'shuffled learned types', turn));
      return matchMarkers(method, own, markersOf(aside.matrix, others, types));
    });
  return [
    scoreOf('genes shuffled', 'own', byGenes),
    scoreOf('types shuffled', 'own', byTypes(programmes)),
    scoreOf('types shuffled', 'in cells', byTypes(inCells)),
  ];
}

function scoreOf(
  method: string,
  ranking: MarkerScore['ranking'],
  matches: readonly MarkerMatch[],
): MarkerScore {
  const mean = (of: (match: MarkerMatch) => number) =>
    matches.reduce((sum, one) => sum + of(one), 0) / matches.length;
  return { method, ranking, matched: mean(({ precision }) => precision), best: mean(({ best }) => best) };
}

/** Markers among the programme's first genes. */
function foundMarkers(
  { programmes }: OpenedDecoder,
  atom: number,
  isMarker: Uint8Array,
  cells: ExplainedCells,
): string[] {
  const top = topGenes(columnOf(programmes.effects, programmes.atoms, atom), MARKERS, 'up');
  return Array.from(
    top.filter((gene) => isMarker[gene] === 1).slice(0, SHOWN_GENES),
    (gene) => cells.geneNames[gene],
  );
}

const matrixOf = (expression: Float32Array, genes: number): CsrMatrix =>
  compressRows({ format: 'dense', rows: expression.length / genes, cols: genes, data: expression });
