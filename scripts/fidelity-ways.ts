/** Where cells come from: the run whose model draws them, and how `generate` is asked for them. */
interface Source {
  /** Folder of the run. */
  readonly run: string;
  /** Options of `train` that make it. */
  readonly training: readonly string[];
  readonly options: readonly string[];
  /** Cells that are drawn by label carry it. */
  readonly labelled: boolean;
  /** Only there to compare with. */
  readonly reference: boolean;
}

const standard = { run: 'run', training: ['--preset', 'crate'] } as const;

export const ways = {
  unconditional: { ...standard, options: ['--guidance', '0'], labelled: false, reference: false },
  'by label': { ...standard, options: [], labelled: true, reference: false },
  'count autoencoder alone': {
    ...{ run: 'run-count-autoencoder', training: ['--preset', 'crate', '--prior-weight', '1'] },
    ...{ options: ['--from-prior'], labelled: false, reference: true },
  },
  'by label with 1,000 steps': {
    ...{ ...standard, options: ['--sampler', 'ddpm'], labelled: true, reference: true },
  },
  'by label with a DiT for CRATE': {
    ...{ run: 'run-latent-dit', training: ['--preset', 'latent-dit'] },
    ...{ options: [], labelled: true, reference: true },
  },
} as const satisfies Readonly<Record<string, Source>>;
export type Way = keyof typeof ways;
export const wayNames = Object.keys(ways) as Way[];

export const fileNameOf = (way: Way): string => way.replaceAll(/[ ,]+/g, '-');
