import type { Enrichment } from './gene-sets.js';

/** What explaining a run comes to: all that the page shows and explain.json holds, as plain data. */
export interface Explanation {
  readonly run: string;
  readonly preset: string;
  readonly trainedOn: string;
  readonly cells: ExplainedCells;
  readonly genes: readonly string[];
  readonly types: readonly string[];
  readonly seed: number;
  /** Null where the decoder has no atoms; `limits` says why. */
  readonly programmes: ProgrammeSection | null;
  /** Null without programmes or without two types of cells. */
  readonly markers: MarkerSection | null;
  readonly doses: readonly DoseResponse[];
  readonly objective: ObjectiveSection;
  /** The same measures of another run, such as a DiT. */
  readonly contrast: {
    readonly run: string;
    readonly preset: string;
    readonly objective: ObjectiveSection;
  } | null;
  readonly denoiser: DenoiserSection | null;
  readonly trace: TraceSection | null;
  /** What could not be computed for this model or these cells, and why. */
  readonly limits: readonly string[];
}

/** The cells that were shown to the model. */
export interface ExplainedCells {
  /** The file, or null where generated cells stand in. */
  readonly file: string | null;
  /** The file of the cells that markers were defined on; null where these are a quarter of the same file, or markers were not compared. */
  readonly test: string | null;
  readonly count: number;
  readonly typeKey: string | null;
}

export interface ProgrammeSection {
  readonly atoms: number;
  readonly live: number;
  readonly dead: number;
  /** Pairs of live programmes with a cosine above 0.9 over genes. */
  readonly duplicates: readonly (readonly [number, number])[];
  /** Of live programmes over genes. */
  readonly coherence: { readonly most: number; readonly mean: number };
  /** Share of zeros in the codes of the cells, and how many atoms a cell uses. */
  readonly zeros: number;
  readonly atomsPerCell: number;
  /** Live ones, the strongest first. */
  readonly list: readonly Programme[];
}

export interface GeneWeight {
  readonly gene: string;
  /** log2 fold change of the gene's rate, of a typical use (mean code of the cells that use the atom). */
  readonly log2: number;
}

export interface Programme {
  readonly atom: number;
  /** Deviation of its code times the length of its programme, in natural logarithms. */
  readonly strength: number;
  /** Share of the cells that use it, and the mean code of those that do. */
  readonly share: number;
  readonly typicalCode: number;
  readonly up: readonly GeneWeight[];
  /** None of a programme that only raises genes. */
  readonly down: readonly GeneWeight[];
  /** Types by how far their mean code lies above that of all cells, in deviations, the highest first. */
  readonly types: readonly { readonly type: string; readonly share: number; readonly above: number }[];
  readonly nearest: { readonly atom: number; readonly cosine: number };
  readonly sets: readonly Enrichment[];
}

/** One method's average precision of markers, mean over types. */
export interface MarkerScore {
  readonly method: string;
  /** What of a component ranks the genes: its own loadings, or its covariance with them in the cells. */
  readonly ranking: 'own' | 'in cells';
  /** By the component that tells the type best, and by the best component if one knew. */
  readonly matched: number;
  readonly best: number;
}

export interface MarkerSection {
  readonly components: number;
  readonly markersPerType: number;
  /** Share of markers among genes: what chance gives. */
  readonly chance: number;
  readonly scores: readonly MarkerScore[];
  readonly types: readonly TypeMatch[];
}

/** A type and the programme that stands for it. */
export interface TypeMatch {
  readonly type: string;
  readonly atom: number;
  readonly auroc: number;
  readonly precision: number;
  readonly inCells: number;
  readonly pca: number;
  readonly nmf: number;
  readonly found: readonly string[];
}

/** A programme turned up in generated cells. */
export interface DoseResponse {
  readonly atom: number;
  readonly doses: readonly {
    /** Asked for: mean log2 fold change of the programme's top genes against all others, before the cell's total is kept. */
    readonly dose: number;
    /** log2 fold changes of expected values: mean over the programme's top genes; mean size over all others, and over bystanders. */
    readonly onTarget: number;
    readonly offTarget: number;
    readonly bystanders: number;
    /** Share of zeros and of whole numbers in the cells drawn. */
    readonly zeros: number;
    readonly whole: number;
  }[];
}

/** Measures of one layer at one noise level; means over cells of what their own tokens give, and of all tokens pooled. */
export interface LayerMeasure {
  readonly layer: number;
  readonly t: number;
  readonly rateBefore: number;
  readonly rateAfter: number;
  /** R of the tokens minus R^c after attention. */
  readonly reduction: number;
  readonly pooledBefore: number;
  readonly pooledAfter: number;
  readonly pooledReduction: number;
  /** Share of exact zeros in the layer's code. */
  readonly zeros: number;
}

export interface ObjectiveSection {
  readonly layers: number;
  readonly tokens: number;
  readonly cells: number;
  /** Real cells noised to each level, and generated cells on their way down. */
  readonly noised: readonly LayerMeasure[];
  readonly sampled: readonly LayerMeasure[];
}

/** A part of the denoiser carried to genes by a mean derivative. */
export interface DenoiserPart {
  readonly name: string;
  readonly layer: number;
  /** Share of tokens whose code is above zero; null for a head. */
  readonly share: number | null;
  /** Length of its mean effect on genes, in natural logarithms. */
  readonly size: number;
  readonly up: readonly GeneWeight[];
  readonly down: readonly GeneWeight[];
}

export interface DenoiserSection {
  /** Noise level at which the derivative was taken. */
  readonly t: number;
  readonly parts: readonly DenoiserPart[];
}

export interface TraceSection {
  readonly steps: readonly number[];
  /** Share of the cells whose nearest type at each step is their last one; with the label asked for, and with it hidden (null for a model without labels). Clusters are told in both. */
  readonly decided: { readonly asked: readonly number[]; readonly free: readonly number[] | null };
  /** Timestep from which on half of the cells keep their type. */
  readonly halfDecided: { readonly asked: number | null; readonly free: number | null };
  readonly cells: readonly TracedCell[];
}

export interface TracedCell {
  readonly cell: string;
  readonly asked: string | null;
  /** Nearest type of the predicted clean cell at each step. */
  readonly path: readonly string[];
  /** The noise level from which on the nearest type stays. */
  readonly decidedAt: number;
  /** Programmes that move it most away from the mean cell. */
  readonly programmes: readonly { readonly atom: number; readonly code: number; readonly size: number }[];
  readonly neighbours: readonly {
    readonly cell: string;
    readonly type: string | null;
    readonly distance: number;
  }[];
}
