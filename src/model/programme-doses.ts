import type { EngineOptions } from '../engine/device.js';
import { OptionError } from '../errors.js';
import { codeShift } from '../explain/dose.js';
import { geneProgrammes, type Programmes } from '../explain/programmes.js';
import { Program } from '../graph/program.js';
import { stream } from '../random/stream.js';
import { decoderFeeds } from './decoder-feeds.js';
import { linearReadoutOf } from './explain-programmes.js';
import { codeOutput } from './export-onnx.js';
import type { LoadedModel } from './model-file.js';

/**
 * A model's programmes, which needs no cells at hand: the centres of its clusters stand for them. Null for a decoder without
 * programmes.
 */
export async function programmesAtCentres(
  model: LoadedModel,
  engine: EngineOptions,
): Promise<Programmes | null> {
  const readout = linearReadoutOf(model);
  const { state } = model.description;
  if (readout === null || state.kind === 'genes') return null;
  const { logLibrary: _, ...feeds } = decoderFeeds(model, centresOf(model), null);
  const code = codeOutput(state.autoencoder);
  const program = await Program.compile({ code }, engine, model.weights.get('autoencoder')!);
  try {
    return geneProgrammes(readout, (await program.run(feeds)).code);
  } finally {
    await program.close();
  }
}

/** Draws around each centre of noised genes: one would find few of the atoms that cells use. */
const DRAWS = 32;

/** Centres of clusters as the decoder may meet them, rows x width; noised genes are noised, as it knows no others. */
function centresOf({ description: { state, denoiser }, clusterCentres, standardisation }: LoadedModel) {
  const centres = Float32Array.from(clusterCentres?.data ?? new Float32Array(denoiser.width));
  if (state.kind !== 'noised-genes') return centres;
  const random = stream(0, 'noise on centres');
  return Float32Array.from({ length: DRAWS * centres.length }, (_, at) => {
    const k = at % denoiser.width;
    const value = centres[at % centres.length];
    if (k >= state.autoencoder.latent) return value;
    return value + (state.noise / standardisation!.deviation[k]) * random.normal();
  });
}

/** What to say to who asks for programmes of a model that has none. */
export const noProgrammes = (option: string): OptionError =>
  new OptionError(
    option,
    'this model has no gene programmes',
    'Train with the preset crate, crate-genes or latent-dit, and not with --decoder mlp',
  );

/**
 * What requests such as '17=+2' add to every cell's code: programme 17 up by two doublings of its top genes.
 * @returns one an atom
 * @throws OptionError for a model without programmes, a programme it does not have, or what is no dose
 */
export function requestedShift(programmes: Programmes | null, requests: readonly string[]): Float32Array {
  if (programmes === null) throw noProgrammes('--program');
  const { loadings, effects, atoms } = programmes;
  const shift = new Float32Array(atoms);
  const turned = new Set<number>();
  for (const text of requests) {
    const [, name, dose] = /^\s*(\d+)\s*=\s*([+-]?\d*\.?\d+)\s*$/.exec(text) ?? [];
    if (name === undefined) {
      throw new OptionError(
        '--program',
        `'${text}' is not PROGRAMME=DOSE`,
        'Write, for example, --program 17=+2',
      );
    }
    const atom = Number(name);
    if (turned.has(atom)) {
      throw new OptionError('--program', `programme ${name} is turned twice`, 'Give one dose');
    }
    turned.add(atom);
    if (atom >= atoms) {
      throw new OptionError(
        '--program',
        `there is no programme ${name}`,
        `They go from 0 to ${atoms - 1}; see cellcrate explain`,
      );
    }
    shift[atom] = codeShift({ loadings, effects, atoms }, atom, Number(dose));
    if (shift[atom] === 0 && Number(dose) !== 0) {
      throw new OptionError(
        '--program',
        `programme ${name} is dead: it raises no gene`,
        'Choose one that cellcrate explain lists',
      );
    }
  }
  return shift;
}
