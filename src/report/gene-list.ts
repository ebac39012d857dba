import { trueMinus } from './figure-format.js';

const shownGenes = 6;

/** 'Mpo +1.2, Elane +1.1'. */
export const geneList = (genes: readonly { readonly gene: string; readonly log2: number }[]): string =>
  genes
    .slice(0, shownGenes)
    .map(({ gene, log2 }) => `${gene} ${trueMinus(`${log2 < 0 ? '' : '+'}${log2.toFixed(2)}`)}`)
    .join(', ') || '–';
