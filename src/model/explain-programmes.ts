import { raisingValues } from '../counts/gene-layer.js';
import type { GeneWeight, Programme, ProgrammeSection } from '../explain/explanation.js';
import { enrichedSets, type GeneSet } from '../explain/gene-sets.js';
import {
  columnOf,
  geneProgrammes,
  type LinearReadout,
  type Programmes,
  topGenes,
} from '../explain/programmes.js';
import { coherenceOf, liveAtoms, type Usage, usageOf } from '../explain/usage.js';
import type { LoadedModel } from './model-file.js';

/** Genes that a programme is shown by, on each side, and that are looked for in gene sets. */
const SHOWN_GENES = 15;
const SET_GENES = 50;
const SHOWN_SETS = 5;
const SHOWN_TYPES = 5;

/** A decoder's programmes with how some cells use them. */
export interface OpenedDecoder {
  readonly readout: LinearReadout;
  readonly programmes: Programmes;
  readonly usage: Usage;
  /** Atoms that cells use, the strongest first. */
  readonly live: Int32Array;
  readonly strength: Float64Array;
}

/** The last layer of a decoder whose features are a code; null for every other model. */
export function linearReadoutOf({ description, weights }: LoadedModel): LinearReadout | null {
  const { state, preprocessing } = description;
  if (state.kind === 'genes' || state.autoencoder.decoder.kind === 'mlp') return null;
  const raises = state.autoencoder.decoder.kind === 'raising';
  const own = [...weights.get('autoencoder')!].flatMap(([name, data]) => {
    if (!name.startsWith('readout.')) return [];
    const values = raises && name.endsWith('.weight') ? raisingValues(data) : data;
    return [[name.slice('readout.'.length), values] as const];
  });
  return {
    kind: state.readout,
    raises,
    genes: state.autoencoder.genes,
    atoms: state.autoencoder.decoder.atoms,
    weights: new Map(own),
    targetSum: preprocessing.targetSum,
  };
}

export function openDecoder(
  readout: LinearReadout,
  code: Float32Array,
  types: { readonly names: readonly string[]; readonly codes: Int32Array },
): OpenedDecoder {
  const usage = usageOf(code, readout.atoms, types.codes, types.names.length);
  const programmes = geneProgrammes(readout, code);
  const { atoms, strength } = liveAtoms(usage, programmes.loadings);
  return { readout, programmes, usage, live: atoms, strength };
}

/** Every live programme, with its genes, types, nearest other and gene sets. */
export function describeProgrammes(
  opened: OpenedDecoder,
  code: Float32Array,
  genes: readonly string[],
  types: readonly string[],
  sets: readonly GeneSet[],
): ProgrammeSection {
  const { programmes, usage, live, strength } = opened;
  const { atoms, effects, loadings } = programmes;
  const coherence = coherenceOf(loadings, atoms, live);
  const chosen = Array.from(live, (atom) =>
    Array.from(topGenes(columnOf(effects, atoms, atom), SET_GENES, 'up'), (gene) => genes[gene]),
  );
  const enriched = sets.length > 0 ? enrichedSets(sets, genes, chosen) : null;
  let zeros = 0;
  for (const value of code) if (value === 0) zeros++;
  return {
    atoms,
    live: live.length,
    dead: atoms - live.length,
    duplicates: coherence.duplicates,
    coherence: { most: coherence.most, mean: coherence.mean },
    zeros: zeros / code.length,
    atomsPerCell: (1 - zeros / code.length) * atoms,
    list: Array.from(live, (atom, i): Programme => {
      const typical = usage.mean[atom] / usage.share[atom];
      return {
        ...{ atom, strength: strength[atom], share: usage.share[atom], typicalCode: typical },
        up: weightsOf(programmes, atom, genes, 'up', typical),
        down: opened.readout.raises ? [] : weightsOf(programmes, atom, genes, 'down', typical),
        types: typesUsing(usage, atom, types),
        nearest: coherence.nearest[i],
        sets: enriched?.[i].slice(0, SHOWN_SETS) ?? [],
      };
    }),
  };
}

/** Chosen by the effect on expression, so that no gene that is hardly there comes first; told as the exact fold change. */
function weightsOf(
  { atoms, loadings, effects }: Programmes,
  atom: number,
  genes: readonly string[],
  side: 'up' | 'down',
  code: number,
): GeneWeight[] {
  return Array.from(topGenes(columnOf(effects, atoms, atom), SHOWN_GENES, side), (gene) => ({
    gene: genes[gene],
    log2: (loadings[gene * atoms + atom] * code) / Math.LN2,
  }));
}

/** Types whose mean code lies above that of all cells, the one furthest above first. */
export function typesUsing(usage: Usage, atom: number, types: readonly string[]): Programme['types'] {
  const rows = types.map((type, i) => ({
    type,
    share: usage.typeShare[i * usage.atoms + atom],
    above: (usage.typeMean[i * usage.atoms + atom] - usage.mean[atom]) / usage.deviation[atom],
  }));
  return rows
    .filter(({ above }) => above > 0)
    .sort((a, b) => b.above - a.above)
    .slice(0, SHOWN_TYPES);
}
