import type { UnsValue } from '../io/anndata.js';
import { fileSha256 } from '../io/file-hash.js';
import { version } from '../version.js';
import { type ModelDescription, valuesDrawn } from './description.js';
import type { RunFolder } from './run-folder.js';
import type { SamplingOptions } from './sampling.js';

/** What `uns['cellcrate']` says of generated cells: enough to make them again. */
export async function provenance(
  folder: RunFolder,
  description: ModelDescription,
  sampling: SamplingOptions | Pick<SamplingOptions, 'seed'>,
  requests: readonly string[],
  cells: number,
  areLabelled: boolean,
): Promise<{ readonly [key: string]: UnsValue }> {
  const { preset, preprocessing, labels, trainedOn } = description;
  const { guidedShare, ...settings } = { guidedShare: undefined, ...sampling };
  return {
    version,
    preset,
    synthetic: true,
    ...settings,
    ...(guidedShare !== undefined && { guided_share: guidedShare }),
    n: cells,
    label_keys: areLabelled ? labels.keys.map(({ key }) => key) : [],
    label_requests: requests,
    values: valuesDrawn(description),
    target_sum: preprocessing.targetSum ?? Number.NaN,
    model: { sha256: await fileSha256(folder.model), ...(await trainingSeed(folder)) },
    trained_on: {
      file: trainedOn.file,
      sha256: trainedOn.sha256,
      cells: trainedOn.cells,
      genes: trainedOn.genes,
      matrix: trainedOn.matrix,
    },
  };
}

/** A model works without the rest of its run folder, which alone knows the seed. */
async function trainingSeed(folder: RunFolder): Promise<{ readonly seed?: number }> {
  const options = await folder.optionsIfReadable();
  return options === null ? {} : { seed: options.seed };
}
