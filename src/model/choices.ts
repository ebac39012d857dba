import type { DeviceChoice } from './train-options.js';

// What options choose from, apart from the tasks themselves, which load the tensor engine.
export { samplerNames } from '../diffusion/timesteps.js';
export const deviceChoices: readonly DeviceChoice[] = ['auto', 'cpu', 'webgpu', 'cuda'];
