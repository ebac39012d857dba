import assert from 'node:assert/strict';
import { test } from 'node:test';
import { denoiserCost } from '../../src/model/model-cost.js';
import { denoiserOf } from '../../src/model/presets.js';

const parametersOf = (preset: Parameters<typeof denoiserOf>[0], width: number, classes: number): number =>
  denoiserCost(denoiserOf(preset, width, classes)).parameters;

for (const [small, model, width, classes] of [
  ['latent-dit', 'crate', 11, 0],
  ['latent-dit', 'crate', 11, 19],
  ['dit-small', 'wbdit', 2000, 19],
] as const) {
  test(`${small} has as many parameters as ${model} within 1%, on ${width} values and ${classes} labels`, () => {
    const ratio = parametersOf(small, width, classes) / parametersOf(model, width, classes);
    assert.ok(Math.abs(ratio - 1) < 0.01, `${ratio}`);
  });
}
