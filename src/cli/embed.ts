import { type Command, Option } from 'commander';
import type { EmbeddingProgress } from '../embedding/tsne.js';
import type { EmbedOptions, EmbedSummary } from '../model/embed.js';
import { formatAmount, formatCount, formatDuration } from '../number-format.js';
import { addCommonOptions, type CommonOptions, realNumber } from './options.js';
import type { ProgressReport } from './progress.js';
import { writeOutput } from './write-output.js';

type EmbedFlags = CommonOptions & Omit<EmbedOptions, 'signal' | 'onProgress' | 'onMessage'>;

export function addEmbedCommand(program: Command): void {
  const command = program
    .command('embed')
    .description('Place cells in the plane by t-SNE, UMAP or PCA, those of two files together.')
    .argument('<files...>', 'the .h5ad to embed, or two, such as real and generated cells')
    .requiredOption('-o, --out <file>', '.h5ad to write: all cells with X_pca and X_tsne or X_umap in obsm')
    .addOption(new Option('--method <name>', 'kind of embedding (tsne)').choices(['tsne', 'umap', 'pca']))
    .option('--perplexity <P>', 'neighbours that count, for t-SNE (30)', realNumber('--perplexity', 1))
    .option('--force', 'replace an existing output file');
  addCommonOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cellcrate embed pbmc.h5ad -o pbmc_tsne.h5ad
  cellcrate embed test.h5ad generated.h5ad -o both.h5ad
  cellcrate embed pbmc.h5ad -o pbmc_umap.h5ad --method umap --seed 1`,
    )
    .action(runEmbed);
}

async function runEmbed(files: string[], flags: EmbedFlags): Promise<void> {
  const { quiet, verbose, debug: _debug, ...rest } = flags;
  await writeOutput(flags.out, quiet === true, async (progress, signal) => {
    // Loaded only now: HDF5 is large, and --help should not wait for it.
    const { embed } = await import('../model/embed.js');
    let begun = 0;
    const summary = await embed(files, {
      ...rest,
      signal,
      onProgress: (report) => {
        if (report.step === 1) begun = performance.now();
        progress.update(embeddingReport(report, (performance.now() - begun) / 1000));
      },
      onMessage: (line) => progress.message(line),
    });
    return describeEmbedding(summary, verbose === true);
  });
}

/**
 * How far the embedding has come, as progress shows it.
 * @param seconds since its first step
 */
function embeddingReport({ step, steps }: EmbeddingProgress, seconds: number): ProgressReport {
  return {
    label: 'embed',
    fraction: step / steps,
    details: [`step ${formatCount(step)}/${formatCount(steps)}`],
    etaSeconds: step > 1 ? (seconds / (step - 1)) * (steps - step) : null,
  };
}

/** What was written, line by line. */
function describeEmbedding(summary: EmbedSummary, verbose: boolean): string[] {
  const { file, method, cells, genes, components, perplexity, sources, seconds } = summary;
  const how = {
    pca: `${components} principal components`,
    tsne: `t-SNE of ${components} principal components, perplexity ${perplexity}`,
    umap: `UMAP of ${components} principal components`,
  };
  return [
    `Wrote ${file}: ${formatAmount(cells, 'cell')} x ${formatAmount(genes, 'gene')}, ${how[method]}, in ${formatDuration(seconds)}`,
    ...(verbose
      ? sources.map((one) => `  ${one.file}: ${formatAmount(one.cells, 'cell')}; ${one.reason}`)
      : []),
  ];
}
