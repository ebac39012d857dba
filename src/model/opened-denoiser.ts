import type { EngineOptions } from '../engine/device.js';
import type { LayerValues, Subspaces } from '../explain/layer-measures.js';
import { Program } from '../graph/program.js';
import { input, type Tensor } from '../graph/tensor.js';
import type { LayerView } from '../nn/denoiser.js';
import { Params } from '../nn/params.js';
import { buildDenoiser } from './denoisers.js';
import type { DenoiserDescription } from './description.js';
import type { Arrays } from './model-file.js';

/** A denoiser whose layers can be looked at. */
export interface OpenedDenoiser {
  readonly layers: number;
  readonly tokens: number;
  /** What each layer's attention projects tokens on. */
  readonly subspaces: readonly Subspaces[];
  /**
   * @param x noisy rows, cells x width
   * @param condition cells x classes, one-hot; null for a model without labels
   */
  look(x: Float32Array, t: number, condition: Float32Array | null): Promise<LayerValues[]>;
  close(): Promise<void>;
}

export async function openDenoiser(
  description: DenoiserDescription,
  weights: Arrays,
  engine: EngineOptions,
): Promise<OpenedDenoiser> {
  const { width, conditionWidth, heads } = description;
  const views: LayerView[] = [];
  const condition = conditionWidth > 0 ? input('condition', ['batch', conditionWidth]) : null;
  const prediction = buildDenoiser(description).predict(
    Params.create(),
    input('x', ['batch', width]),
    input('t', ['batch']),
    condition,
    (view) => views.push(view),
  );
  const outputs: Record<string, Tensor> = { prediction };
  views.forEach((view, layer) => {
    for (const part of parts) outputs[`${part}${layer}`] = view[part];
  });
  const program = await Program.compile(outputs, engine, weights);
  const [, tokens, dim] = views[0].before.shape as [string, number, number];
  return {
    layers: views.length,
    tokens,
    subspaces: views.map((_, layer) => ({ heads, weights: projectionOf(weights, layer, dim) })),
    async look(x, t, labels) {
      const cells = x.length / width;
      const values = await program.run({
        x: { data: x, shape: [cells, width] },
        t: { data: new Float32Array(cells).fill(t), shape: [cells] },
        ...(labels && { condition: { data: labels, shape: [cells, conditionWidth] } }),
      });
      return views.map((_, layer) => ({
        ...{ cells, tokens, dim },
        before: values[`before${layer}`],
        attended: values[`attended${layer}`],
        code: values[`code${layer}`],
      }));
    },
    close: () => program.close(),
  };
}

const parts = ['before', 'attended', 'code'] as const;

/** MSSA has one projection; of ordinary attention the values', its last, is taken, since they are what it passes on. */
function projectionOf(weights: Arrays, layer: number, dim: number): Float32Array {
  const projection = weights.get(`blocks.${layer}.attn.qkv.weight`)!;
  return projection.subarray(projection.length - dim * dim);
}
