import { join } from 'node:path';
import { writeH5ad } from '../../src/io/write.js';
import { train } from '../../src/model/train.js';
import { smallTissue } from '../model/small-tissue.js';
import { projectRoot } from '../shared.js';
import type { SubjectKind } from './fuzz.js';

export interface FuzzSubject {
  readonly kind: SubjectKind;
  readonly file: string;
}

const fixture = (name: string) => join(projectRoot, 'test', 'fixtures', 'h5ad', `${name}.h5ad`);

/** Fixtures of other writers: old and new formats, text of both kinds, sparse and dense. */
const fixtures = [
  'legacy_0_6',
  'legacy_0_7_categories',
  'csr_int64_indices',
  'plain_columns',
  'nullable_columns',
];

/** Sound files of every kind that is read, made in `folder`. */
export async function fuzzSubjects(folder: string): Promise<FuzzSubject[]> {
  const path = (name: string) => join(folder, name);
  const data = path('data.h5ad');
  await writeH5ad(data, smallTissue());
  const options = { steps: 2, threads: 1, labelKeys: ['cell_type'] };
  await train(data, { ...options, out: path('run') });
  await train(data, { ...options, out: path('half'), signal: AbortSignal.abort() });
  return [
    { kind: 'h5ad', file: data },
    ...fixtures.map((name) => ({ kind: 'h5ad' as const, file: fixture(name) })),
    { kind: 'checked h5ad', file: fixture('all_checksummed') },
    { kind: 'model', file: path('run/model.safetensors') },
    { kind: 'description', file: path('run/model.safetensors') },
    { kind: 'checkpoint', file: path('half/checkpoint/state.safetensors') },
    { kind: 'config', file: path('half/config.json') },
  ];
}
