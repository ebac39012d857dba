// What options choose from, apart from the tasks themselves, which load the tensor engine.
export { decoderKinds } from '../counts/autoencoder.js';
export { samplerNames } from '../diffusion/timesteps.js';
export { presetNames } from './description.js';

export const deviceChoices = ['auto', 'cpu', 'webgpu', 'cuda'] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

export const modelSizes = ['base', 'large'] as const;
export type ModelSize = (typeof modelSizes)[number];
export const sizeChoices = ['auto', ...modelSizes] as const;
export type SizeChoice = (typeof sizeChoices)[number];
