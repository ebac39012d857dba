import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCleanAndNoise } from '../../src/diffusion/parameterisation.js';
import { samplerByName } from '../../src/diffusion/samplers/by-name.js';
import { ddim } from '../../src/diffusion/samplers/ddim.js';
import { ddpm } from '../../src/diffusion/samplers/ddpm.js';
import { dpmSolverPlusPlus2M } from '../../src/diffusion/samplers/dpm-solver-pp.js';
import type { Denoise, Noise, Sampler } from '../../src/diffusion/samplers/sampler.js';
import {
  linearSchedule,
  type Schedule,
  scheduleByName,
  scheduleNames,
} from '../../src/diffusion/schedule.js';
import { samplerTimesteps, trailingTimesteps } from '../../src/diffusion/timesteps.js';
import { stream } from '../../src/random/stream.js';
import { goldenDdpm, largestDifference } from './golden-ddpm.js';

const samplers: Record<string, Sampler> = {
  ddpm,
  'ddim(0)': ddim(0),
  'ddim(1)': ddim(1),
  'dpmpp(0)': dpmSolverPlusPlus2M(0),
  'dpmpp(1)': dpmSolverPlusPlus2M(1),
};

/** `count` standard normal numbers, the same for the same `draw`. */
function normals(count: number, draw: number): Float32Array {
  const values = new Float32Array(count);
  stream(0, 'sampler test', 0, draw).fillNormal(values);
  return values;
}

/** The exact answer for data drawn from N(mean, sd^2), column by column alike. */
function gaussianDenoise(schedule: Schedule, mean: number, sd: number): Denoise {
  return async (x, t) => {
    const alphaBar = schedule.alphaBar[t];
    const signal = Math.sqrt(alphaBar);
    const shrink = (sd * sd * signal) / (sd * sd * alphaBar + 1 - alphaBar);
    const x0 = x.map((value) => mean + shrink * (value - signal * mean));
    return toCleanAndNoise('x0', x0, x, alphaBar);
  };
}

/** Where the probability-flow ODE carries noise drawn at level `t`. */
function gaussianFlowEnd(start: Float32Array, schedule: Schedule, t: number, mean: number, sd: number) {
  const alphaBar = schedule.alphaBar[t];
  const spread = Math.sqrt(sd * sd * alphaBar + 1 - alphaBar);
  return start.map((value) => mean + (sd * (value - Math.sqrt(alphaBar) * mean)) / spread);
}

function moments(values: Float32Array): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, sd: Math.sqrt(variance) };
}

/** Where a sampler stands after its step from timestep 500 to `next`, given the published step's inputs. */
async function stepFrom500(sampler: Sampler, next: number): Promise<Float32Array> {
  const { step_x, step_eps, step_z } = await goldenDdpm();
  const schedule = linearSchedule();
  let seen = new Float32Array(0);
  const denoise: Denoise = async (x, t) => {
    if (t === next) seen = Float32Array.from(x);
    return toCleanAndNoise('eps', step_eps, x, schedule.alphaBar[t]);
  };
  await sampler(step_x, denoise, schedule, [500, next], () => step_z);
  return seen;
}

test('one DDPM step is the published one', async () => {
  const { ddpm_step_t500 } = await goldenDdpm();
  assert.ok(largestDifference(await stepFrom500(ddpm, 499), ddpm_step_t500) < 2e-6);
});

test('DDIM steps are the published ones', async () => {
  const { ddim_step_t500_to_490_eta0, ddim_step_t500_to_490_eta1 } = await goldenDdpm();
  assert.ok(largestDifference(await stepFrom500(ddim(0), 490), ddim_step_t500_to_490_eta0) < 2e-6);
  assert.ok(largestDifference(await stepFrom500(ddim(1), 490), ddim_step_t500_to_490_eta1) < 2e-6);
});

test('one first-order DPM-Solver++ step is the DDIM step, with noise and without', async () => {
  const { ddim_step_t500_to_490_eta0, ddim_step_t500_to_490_eta1 } = await goldenDdpm();
  const [flow, noisy] = [
    await stepFrom500(dpmSolverPlusPlus2M(0), 490),
    await stepFrom500(dpmSolverPlusPlus2M(1), 490),
  ];
  assert.ok(largestDifference(flow, ddim_step_t500_to_490_eta0) < 2e-6);
  assert.ok(largestDifference(noisy, ddim_step_t500_to_490_eta1) < 2e-6);
});

test('a network that finds a tenth of the noise too little leaves it in, unless noise is drawn anew', async () => {
  const [mean, sd, count] = [0.8, 0.5, 4000];
  const schedule = scheduleByName('linear');
  const right = gaussianDenoise(schedule, mean, sd);
  const wrong: Denoise = async (x, t) => {
    const { x0, eps } = await right(x, t);
    if (t < 100) return { x0, eps };
    const little = eps.map((value) => value * 0.9);
    return toCleanAndNoise('eps', little, x, schedule.alphaBar[t]);
  };
  const spreadOf = async (name: 'dpmpp' | 'ddpm', steps: number, eta: 0 | 1) => {
    const timesteps = samplerTimesteps(name, steps, schedule);
    const noise = (step: number) => normals(count, 11 + step);
    return moments(await samplerByName(name, eta)(normals(count, 7), wrong, schedule, timesteps, noise)).sd;
  };
  const [flow, noisy] = [await spreadOf('dpmpp', 20, 0), await spreadOf('dpmpp', 20, 1)];
  assert.ok(flow > sd + 0.25, `without noise ${flow}`);
  assert.ok(Math.abs(noisy - (await spreadOf('ddpm', 1000, 1))) < 0.05, `with noise ${noisy}`);
});

test('every sampler ends exactly at a constant clean row, on every schedule', async () => {
  const answer = Float32Array.of(1.25, -3, 0, 7.5);
  for (const name of scheduleNames) {
    const schedule = scheduleByName(name);
    const denoise: Denoise = async (x, t) => toCleanAndNoise('x0', answer, x, schedule.alphaBar[t]);
    for (const [label, sampler] of Object.entries(samplers)) {
      const start = normals(4, 1);
      const end = await sampler(start, denoise, schedule, trailingTimesteps(20, 1000), (step) =>
        normals(4, 2 + step),
      );
      assert.deepEqual(end, answer, `${label} on ${name}`);
      assert.deepEqual(start, normals(4, 1), `${label} leaves its start alone`);
    }
  }
});

test('Gaussian data come back with the right mean and spread', async () => {
  const [mean, sd, count] = [0.8, 0.5, 4000];
  const tolerance = 0.03;
  const ways = [
    { name: 'ddpm', steps: 1000, eta: 1 },
    { name: 'ddim', steps: 100, eta: 0 },
    { name: 'ddim', steps: 1000, eta: 1 },
    { name: 'dpmpp', steps: 20, eta: 0 },
    { name: 'dpmpp', steps: 20, eta: 1 },
  ] as const;
  for (const scheduleName of ['linear', 'cosine-zero-snr'] as const) {
    const schedule = scheduleByName(scheduleName);
    for (const { name, steps, eta } of ways) {
      const end = await samplerByName(name, eta)(
        normals(count, 7),
        gaussianDenoise(schedule, mean, sd),
        schedule,
        samplerTimesteps(name, steps, schedule),
        (step) => normals(count, 11 + step),
      );
      const found = moments(end);
      const text = `${name} (eta ${eta}) on ${scheduleName}: mean ${found.mean}, sd ${found.sd}`;
      assert.ok(Math.abs(found.mean - mean) < tolerance && Math.abs(found.sd - sd) < tolerance, text);
    }
  }
});

test('the solver of second order is far nearer to the flow than the one of first order', async () => {
  for (const scheduleName of ['linear', 'cosine'] as const) {
    const schedule = scheduleByName(scheduleName);
    const start = normals(200, 3);
    const denoise = gaussianDenoise(schedule, 0.8, 0.5);
    const exact = gaussianFlowEnd(start, schedule, 999, 0.8, 0.5);
    const error = async (sampler: Sampler, steps: number) =>
      largestDifference(
        await sampler(start, denoise, schedule, trailingTimesteps(steps, 1000), () => start),
        exact,
      );
    const first = await error(ddim(0), 20);
    const second = await error(dpmSolverPlusPlus2M(0), 20);
    assert.ok(second < first / 3, `${scheduleName}: ddim ${first}, dpmpp ${second}`);
    assert.ok((await error(ddim(0), 500)) < first / 8, `${scheduleName}: ddim converges`);
  }
});

test('a batch sampled in parts is the batch sampled at once', async () => {
  const schedule = scheduleByName('cosine-zero-snr');
  const denoise = gaussianDenoise(schedule, -1, 2);
  const start = normals(60, 5);
  const noiseOf =
    (from: number, to: number): Noise =>
    (step) =>
      normals(60, 100 + step).subarray(from, to);
  for (const [label, sampler] of Object.entries(samplers)) {
    const run = (from: number, to: number) =>
      sampler(start.slice(from, to), denoise, schedule, trailingTimesteps(30, 1000), noiseOf(from, to));
    const parts = [...(await run(0, 25)), ...(await run(25, 60))];
    assert.deepEqual([...(await run(0, 60))], parts, label);
  }
});
