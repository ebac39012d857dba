import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix, sep } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from './shared.js';

/** What each room of src may import, from the top of the house down; ARCHITECTURE.md says why. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cli: [
    ...['report', 'comparison', 'model', 'explain', 'baselines', 'embedding', 'metrics', 'io', 'errors'],
    ...['number-format', 'version'],
  ],
  report: ['comparison', 'explain', 'metrics', 'io', 'number-format', 'version'],
  comparison: ['model', 'metrics', 'counts', 'engine', 'io', 'errors', 'version'],
  model: [
    ...[
      'explain',
      'diffusion',
      'baselines',
      'embedding',
      'metrics',
      'crate',
      'dit',
      'counts',
      'nn',
      'graph',
      'engine',
    ],
    ...['io', 'random', 'errors', 'version'],
  ],
  explain: ['metrics', 'counts', 'io', 'random', 'errors'],
  baselines: ['counts', 'metrics', 'io', 'random', 'errors'],
  embedding: ['metrics', 'counts', 'io', 'random', 'errors'],
  metrics: ['counts', 'io', 'random', 'errors'],
  diffusion: ['nn', 'graph', 'random', 'errors'],
  counts: ['crate', 'nn', 'graph', 'io', 'random', 'errors'],
  crate: ['nn', 'graph'],
  dit: ['nn', 'graph'],
  nn: ['graph', 'random'],
  graph: ['engine'],
  engine: ['errors'],
  io: ['errors'],
  random: ['errors'],
  errors: [],
  'number-format': [],
  version: [],
};

/** The one room that knows each package. */
const packageRoom: Readonly<Record<string, string>> = {
  '@resvg/resvg-js': 'report',
  commander: 'cli',
  h5wasm: 'io',
  'h5wasm-plugins': 'io',
  'onnxruntime-node': 'engine',
  'umap-js': 'embedding',
};

/** The front door of the library: it opens every room. */
const entry = 'index.ts';
const mostLines = 350;
const vagueName = /^(utils?|helpers?|common|misc|shared|lib|core|tools?)$/;

interface Import {
  readonly from: string;
  /** A file of src, such as 'io/read.ts', or a package. */
  readonly to: string;
  readonly local: boolean;
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  const files = readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.split(sep).join('/'));
}

const read = (folder: string, file: string): string => readFileSync(join(projectRoot, folder, file), 'utf8');

const importPatterns = [
  /^(?:import|export)( type)?\b[^;'"]*?\bfrom '([^']+)'/gm,
  /^import()\s'([^']+)'/gm,
  /\bimport()\('([^']+)'\)/g,
  /\bnew URL()\('([^']+)', import\.meta\.url\)/g,
  /\bcreateRequire()\(import\.meta\.url\)\.resolve\('([^']+)'\)/g,
];

/** Static imports, re-exports, dynamic imports, files of workers and packages of which only the folder is asked. */
function importsOf(file: string): Import[] {
  const text = read('src', file);
  const found = importPatterns.flatMap((pattern) => [...text.matchAll(pattern)]);
  return found.map(([, type, specifier = '']) => {
    const local = specifier.startsWith('.');
    const to = local ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts') : specifier;
    return { from: file, to, local, typeOnly: type === ' type' };
  });
}

/** 'io' of 'io/hdf5/reader.ts', 'errors' of 'errors.ts'. */
const roomOf = (file: string): string => (file.split('/')[0] as string).replace(/\.ts$/, '');

const files = sourceFiles('src');
const imports = files.flatMap(importsOf);
const local = imports.filter((one) => one.local);

test('every import was found, and leads to a file', () => {
  const known = new Set(files);
  assert.deepEqual(
    local.filter(({ to }) => !known.has(to)),
    [],
  );
  // Nothing but the entries and what they reach is there: a file nobody imports is dead, or its import was missed.
  const reached = new Set(local.map(({ to }) => to));
  assert.deepEqual(new Set(files.filter((file) => !reached.has(file))), new Set(['cli/main.ts', entry]));
});

test('rooms depend on each other in one direction', () => {
  const strange = [...new Set(files.map(roomOf))].filter(
    (room) => room !== roomOf(entry) && mayImport[room] === undefined,
  );
  assert.deepEqual(strange, [], 'a new room needs its place in mayImport and in ARCHITECTURE.md');
  const upward = local.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    return from !== entry && room !== other && !mayImport[room]?.includes(other);
  });
  assert.deepEqual(
    upward.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test('the table itself has one direction', () => {
  const order = Object.keys(mayImport);
  for (const [room, others] of Object.entries(mayImport)) {
    for (const other of others) assert.ok(order.indexOf(other) > order.indexOf(room), `${room} -> ${other}`);
  }
});

test('each package is known to one room', () => {
  const packages = imports.filter((one) => !one.local && !one.to.startsWith('node:'));
  const misplaced = packages.filter(({ from, to }) => packageRoom[packageName(to)] !== roomOf(from));
  assert.deepEqual(
    misplaced.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const used = new Set(packages.map(({ to }) => packageName(to)));
  assert.deepEqual(Object.keys(dependencies).sort(), [...used].sort());
});

test('no file imports itself by way of others', () => {
  const edges = new Map<string, string[]>();
  for (const { from, to, typeOnly } of local) {
    if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) assert.fail([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test('rooms and files are named for what is in them', () => {
  const names = files.flatMap((file) => [...dirname(file).split('/'), basename(file, '.ts')]);
  assert.deepEqual(
    names.filter((name) => vagueName.test(name)),
    [],
  );
});

test(`no file is longer than ${mostLines} lines`, () => {
  const folders = ['src', 'test', 'scripts', 'bench'].filter((folder) =>
    existsSync(join(projectRoot, folder)),
  );
  const all = folders.flatMap((folder) => sourceFiles(folder).map((file) => ({ folder, file })));
  const long = all.filter(({ folder, file }) => read(folder, file).split('\n').length - 1 > mostLines);
  assert.deepEqual(
    long.map(({ folder, file }) => `${folder}/${file}`),
    [],
  );
});

/** 'h5wasm' of 'h5wasm/node', '@scope/name' of '@scope/name/part'. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
