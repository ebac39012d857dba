import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../src/errors.js';
import { projectRoot } from '../shared.js';
import { type Contents, contentsOf, differences } from './fixture-contents.js';

/** A file, what it must give, and what it gave. */
export interface FixtureRow {
  readonly file: string;
  readonly expected: string;
  readonly got: string;
  readonly passes: boolean;
}

/** Files that no sound reading exists of, and the words by which they are refused. */
const refusals: Readonly<Record<string, RegExp>> = {
  'fixtures/d_empty_file.h5ad': /is empty \(0 bytes\)/,
  'fixtures/d_truncated.h5ad': /is cut short: 20000 of its 100566 bytes/,
  'fixtures/r_muon_mudata_named_h5ad.h5ad': /MuData file of several modalities/,
  'h5ad/code_beyond_categories.h5ad': /has the code 2, but 2 categories/,
  'h5ad/csr_float16.h5ad': /type float16, which cannot be read/,
  'h5ad/dense_float16.h5ad': /type float16, which cannot be read\. Store it as float32/,
  'h5ad/dense_float_of_25_bits.h5ad': /type float32 of another layout than IEEE 754's, which cannot be read/,
  'h5ad/dense_int_of_12_bits.h5ad': /type int16 of 12 bits, which cannot be read\. Store it as float32/,
  'h5ad/external_link.h5ad': /links are not followed/,
  'h5ad/external_storage.h5ad': /kept in other files, which are not followed/,
  'h5ad/falling_offsets.h5ad': /X\/indptr does not rise/,
  'h5ad/filter_unknown.h5ad': /compressed with a filter|required filter|compressed with the filter/,
  'h5ad/future_encoding.h5ad': /X is csr_matrix 9\.0\.0, newer than this reader knows\. Update cellcrate/,
  'h5ad/huge_claim.h5ad': /more than the file can hold/,
  'h5ad/index_beyond_genes.h5ad': /X\/indices holds 5, outside of 0 to 4/,
  'h5ad/soft_link.h5ad': /links are not followed/,
  'h5ad/virtual_dataset.h5ad': /assembled from other files/,
};

/** Python lacks their filters; the same cells are in another file. */
const sameCells: Readonly<Record<string, string>> = {
  'h5ad/filter_blosc.h5ad': 'h5ad/dense_float32.h5ad',
  'h5ad/filter_zstd.h5ad': 'h5ad/dense_float32.h5ad',
};

const shared = process.env.CELLCRATE_SHARED ?? join(projectRoot, '..', 'shared');
const folders: Readonly<Record<string, string>> = {
  fixtures: join(shared, 'fixtures'),
  h5ad: join(projectRoot, 'test', 'fixtures', 'h5ad'),
};

/** The fixtures on this machine, as '<folder>/<name>': ours, and where they lie beside the checkout those of others. */
export function fixtureNames(): string[] {
  return Object.entries(folders).flatMap(([folder, path]) => {
    if (!existsSync(path)) return [];
    const names = readdirSync(path).filter((name) => name.endsWith('.h5ad'));
    return names.sort().map((name) => `${folder}/${name}`);
  });
}

export const hasSharedFixtures = (): boolean => existsSync(folders.fixtures);

/** Reads a fixture and holds it against what anndata or h5py read, or against its refusal. */
export async function fixtureRow(name: string): Promise<FixtureRow> {
  const [folder, file] = name.split('/');
  const found = await contentsOf(join(folders[folder], file)).catch((error: unknown) => error);
  const refusal = refusals[name];
  if (refusal !== undefined) return refusalRow(name, refusal, found);
  const expected = references()[sameCells[name] ?? name];
  const source = sameCells[name] ?? expected.by;
  const row = { file: name, expected: `${shapeOf(expected)}, as in ${source}` };
  if (found instanceof Error) return { ...row, got: sentence(found), passes: false };
  const wrong = differences(expected, found as Contents);
  const isKnown = expected.by === 'anndata' || expected.by === 'h5py';
  const got =
    wrong.length === 0 ? `${shapeOf(found as Contents)}, the same` : `differs in ${wrong.join(', ')}`;
  return { ...row, got, passes: isKnown && wrong.length === 0 };
}

/** As docs/fixtures.md shows it. */
export const markdownRow = ({ file, expected, got }: FixtureRow): string =>
  `| \`${file}\` | ${expected} | ${got.replaceAll('|', '\\|')} |`;

function refusalRow(file: string, words: RegExp, found: unknown): FixtureRow {
  const row = { file, expected: 'refused' };
  if (!(found instanceof Error)) return { ...row, got: 'was read', passes: false };
  const message = sentence(found);
  return {
    ...row,
    got: message,
    passes: found instanceof FileError && words.test(message) && message.length < 300,
  };
}

const sentence = (error: Error): string =>
  error instanceof FileError ? `${error.problem}. ${error.remedy}` : String(error);

function shapeOf({ cells, genes, matrices = {}, columns = {} }: Contents): string {
  const names = Object.keys(matrices);
  const own = Object.values(columns).reduce((sum, frame) => sum + Object.keys(frame).length, 0);
  return `${cells} x ${genes}: ${names.length === 0 ? 'no matrix' : names.join(', ')}; ${own} ${own === 1 ? 'column' : 'columns'}`;
}

let known: Readonly<Record<string, Contents>> | undefined;

function references(): Readonly<Record<string, Contents>> {
  const path = join(projectRoot, 'test', 'io', 'reference', 'fixture_contents.json');
  known ??= JSON.parse(readFileSync(path, 'utf8')) as Record<string, Contents>;
  return known;
}
