/** What an evaluation comes to: everything that the report shows and that metrics.json holds, as plain data. */

/** A figure with what it rests on. */
export interface Estimate {
  readonly value: number;
  /** 95% bootstrap interval over cells (Efron and Tibshirani 1993), or null where none was drawn. */
  readonly interval: readonly [number, number] | null;
  /** Cells on each side. */
  readonly n: number;
}

export type FigureGroup =
  | 'classifiers'
  | 'distances'
  | 'neighbourhoods'
  | 'profiles'
  | 'biology'
  | 'memorisation';

/** One measure of generated against held-out cells, beside the same of real training cells and of baselines. */
export interface Figure {
  /** Stable name in metrics.json and metrics.csv, snake_case: 'rf_auroc_pcs'. */
  readonly key: string;
  readonly title: string;
  /** One sentence for a biologist. */
  readonly meaning: string;
  readonly group: FigureGroup;
  /** 'near': the nearer to `ideal` the better. */
  readonly better: 'lower' | 'higher' | 'near';
  /** Where the scale ends at its best; null where only the control tells. */
  readonly ideal: number | null;
  /** Among the few figures that the report shows first. */
  readonly headline: boolean;
  readonly generated: Estimate;
  /** The same figure of training cells against held-out cells; null without training cells. */
  readonly control: Estimate | null;
  /** The same figure of simple generators, by their names. */
  readonly baselines: ReadonlyMap<string, Estimate>;
}

/** Generated cells of one label beside the held-out cells of it. */
export interface ClassRow {
  readonly label: string;
  readonly real: number;
  readonly generated: number;
  /** Share of held-out, and of generated, cells that a classifier trained on real cells gives this label; null where untrained. */
  readonly recognisedReal: number | null;
  readonly recognisedGenerated: number | null;
  /** Null where a side has too few cells. */
  readonly forestAuroc: Estimate | null;
  readonly mmd: Estimate | null;
  /** Slope of log fold changes of the label's markers, generated on real; 1 is ideal. */
  readonly foldChangeSlope: number | null;
  /** Median distance to the nearest training cell of any label, of the label's compared cells; null without training cells, or without such cells. */
  readonly toTrainingReal: number | null;
  readonly toTrainingGenerated: number | null;
  /** P(a generated cell of the label is nearer to a training cell than a held-out one of it); 0.5 is ideal. Null where a side has too few cells. */
  readonly nearerShare: Estimate | null;
}

/** A gene that marks a label in the real cells. */
export interface MarkerRow {
  readonly label: string;
  readonly gene: string;
  /** Log2 fold change of the label's cells against the others. */
  readonly real: number;
  readonly generated: number;
  /** Whether it is among the label's top markers in the generated cells too. */
  readonly kept: boolean;
}

/** A gene programme that the generated file holds, and what it comes to in real cells. */
export interface ProgrammeRow {
  /** Its column of `varm['programs']`. */
  readonly programme: number;
  /** Deviation of its code times the length of its programme, in natural logarithms. */
  readonly strength: number;
  /** Share of generated cells that use it. */
  readonly share: number;
  /** Genes that it moves most, with their log2 fold change at the mean code of the cells that use it. */
  readonly up: readonly { readonly gene: string; readonly log2: number }[];
  readonly down: readonly { readonly gene: string; readonly log2: number }[];
  /** Labels that use it more than cells do on the whole, the one furthest above first, and the share of their generated cells that do. */
  readonly labels: readonly { readonly label: string; readonly share: number }[];
  /** Whether the genes up go together: mean correlation over their pairs, NaN for fewer than two. */
  readonly together: {
    readonly generated: number;
    /** In held-out cells. */
    readonly real: number;
    /** The same of genes of other programmes with like means, mean of 20 draws; NaN where there are too few genes. */
    readonly others: number;
    /** Above every one of the draws, as one in 21 is by chance. */
    readonly isReal: boolean;
  };
}

export type Level = 'indistinguishable' | 'close' | 'different' | 'broken' | 'copied';

export interface Evaluation {
  readonly real: SideDescription;
  readonly generated: SideDescription;
  readonly train: SideDescription | null;
  readonly labelKey: string | null;
  readonly seed: number;
  /** Genes that both sides have, and those that only one has. */
  readonly genes: {
    readonly shared: number;
    readonly onlyReal: number;
    readonly onlyGenerated: number;
  };
  /** Whether counts were compared, or log-normalised values as they were. */
  readonly values: 'counts' | 'log-normalised';
  readonly verdict: { readonly level: Level; readonly sentences: readonly string[] };
  readonly warnings: readonly { readonly problem: string; readonly advice: string }[];
  readonly figures: readonly Figure[];
  readonly classes: readonly ClassRow[];
  readonly markers: readonly MarkerRow[];
  /** Those that generated cells use, the strongest first; null for a file without programmes. */
  readonly programmes: readonly ProgrammeRow[] | null;
  /** Per gene, in the order of `names`: log-normalised mean and variance, share of zeros. */
  readonly geneProfile: {
    readonly names: readonly string[];
    readonly real: GeneProfile;
    readonly generated: GeneProfile;
  };
  /** Per cell; total counts, and genes above zero. Totals are null where there are no counts. */
  readonly cellProfile: { readonly real: CellProfile; readonly generated: CellProfile };
  /** Distance of each generated, and each held-out, cell to its nearest training cell, on principal components. */
  readonly nearestTraining: {
    readonly generated: Float32Array;
    readonly heldOut: Float32Array;
    readonly exactCopies: number;
  } | null;
  readonly embedding: JointEmbedding | null;
}

export interface SideDescription {
  readonly file: string;
  readonly cells: number;
  readonly genes: number;
}

export interface GeneProfile {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly zeros: Float32Array;
}

export interface CellProfile {
  readonly librarySize: Float32Array | null;
  readonly genesPerCell: Float32Array;
}

/** Equal numbers of real and generated cells, embedded together in shuffled order. */
export interface JointEmbedding {
  readonly method: 'tsne' | 'umap' | 'pca';
  /** cells x 2, row-major. */
  readonly coordinates: Float32Array;
  /** 1 for a generated cell, 0 for a held-out one. */
  readonly isGenerated: Uint8Array;
  /** Position of each cell in its own file, from 0. */
  readonly rows: Int32Array;
  /** Position in `labels` of each cell, -1 without one. */
  readonly codes: Int32Array;
  readonly labels: readonly string[];
}
