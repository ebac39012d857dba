/** Where cells come from: the preset whose model draws them, and how `generate` is asked for them. */
interface Source {
  readonly preset: 'crate' | 'latent-dit';
  readonly options: readonly string[];
  /** Cells that are drawn by label carry it. */
  readonly labelled: boolean;
  /** Only there to compare with. */
  readonly reference: boolean;
}

export const ways = {
  unconditional: { preset: 'crate', options: ['--guidance', '0'], labelled: false, reference: false },
  'by label': { preset: 'crate', options: [], labelled: true, reference: false },
  'count autoencoder alone': {
    preset: 'crate',
    options: ['--from-prior'],
    labelled: false,
    reference: false,
  },
  'by label with 1,000 steps': {
    ...{ preset: 'crate', options: ['--sampler', 'ddpm'], labelled: true, reference: true },
  },
  'by label with a DiT for CRATE': { preset: 'latent-dit', options: [], labelled: true, reference: true },
} as const satisfies Readonly<Record<string, Source>>;
export type Way = keyof typeof ways;
export const wayNames = Object.keys(ways) as Way[];

export const fileNameOf = (way: Way): string => way.replaceAll(/[ ,]+/g, '-');
export const runNameOf = (way: Way): string =>
  ways[way].preset === 'crate' ? 'run' : `run-${ways[way].preset}`;
