import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { writeH5ad } from '../../src/io/write.js';
import { train } from '../../src/model/train.js';
import { smallTissue } from './small-tissue.js';

/** A folder with a small tissue (data.h5ad) and a model of it, conditioned on cell_type and donor, for all tests of the file that calls it. */
export function trainedTissue(steps: number): {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly run: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
  const path = (name: string) => join(folder, name);
  const run = path('run');
  before(async () => {
    await writeH5ad(path('data.h5ad'), smallTissue());
    await train(path('data.h5ad'), { out: run, steps, threads: 1, labelKeys: ['cell_type', 'donor'] });
  });
  after(() => rmSync(folder, { recursive: true }));
  return { folder, path, run };
}
