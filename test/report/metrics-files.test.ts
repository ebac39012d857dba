import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsCsv } from '../../src/report/metrics-csv.js';
import { metricsJson } from '../../src/report/metrics-json.js';
import { programmesCsv } from '../../src/report/programmes-csv.js';
import { version } from '../../src/version.js';
import { hostileLabel, simulatedEvaluation } from './simulated-evaluation.js';

test('metrics.json holds every figure in full', () => {
  const evaluation = simulatedEvaluation();
  const written = JSON.parse(metricsJson(evaluation));
  assert.equal(written.cellcrate, version);
  assert.deepEqual(written.verdict, evaluation.verdict);
  assert.deepEqual(written.classes, evaluation.classes);
  assert.deepEqual(written.markers, evaluation.markers);
  assert.deepEqual(written.programmes, evaluation.programmes);
  assert.equal(written.exactCopies, 0);
  assert.equal(written.figures.length, evaluation.figures.length);
  const [forest] = written.figures;
  assert.deepEqual(forest.generated, evaluation.figures[0].generated);
  assert.deepEqual(Object.keys(forest.baselines), ['Poisson per label', 'Gaussian PCA per label']);
  const library = written.figures.find(({ key }: { key: string }) => key === 'library_ks');
  assert.equal(library.baselines['Gaussian PCA per label'].value, null, 'NaN is null');
});

test('metrics.csv has a row for each figure and side', () => {
  const evaluation = simulatedEvaluation({ labels: ['B cell', 'x,"y"', hostileLabel] });
  const [head, ...lines] = metricsCsv(evaluation).trimEnd().split('\n');
  assert.equal(head, 'figure,label,of,value,low,high,n,better,ideal,group,title');
  assert.equal(
    lines[0],
    `rf_auroc_pcs,,generated,0.575,${0.575 - 0.024},0.599,300,near,0.5,classifiers,Random forest AUROC on PCs`,
  );
  const rows = lines.map(fields);
  assert.ok(rows.every((row) => row.length === 11));
  const overall = rows.filter(([, label]) => label === '');
  assert.equal(overall.length, 4 * evaluation.figures.length);
  const library = overall.filter(([figure]) => figure === 'library_ks');
  assert.equal(library[3][3], '', 'what is not defined is empty');
  for (const { label, real, recognisedGenerated } of evaluation.classes) {
    const own = rows.filter((row) => row[1] === label);
    assert.equal(own.length, 8);
    assert.deepEqual([own[0][2], own[0][6]], ['control', String(real)]);
    assert.equal(Number(own[1][3]), recognisedGenerated);
  }
});

test('what a label lacks has no row', () => {
  const evaluation = simulatedEvaluation();
  const scarce = evaluation.classes.find(({ mmd }) => mmd === null)!;
  const rows = metricsCsv(evaluation).split('\n').map(fields);
  assert.deepEqual(
    rows.filter(([, label]) => label === scarce.label).map(([figure]) => figure),
    ['class_recognised', 'class_recognised'],
  );
});

test('programmes.csv has a row for each programme', () => {
  const { programmes } = simulatedEvaluation();
  const [head, ...lines] = programmesCsv(programmes!).trimEnd().split('\n').map(fields);
  assert.equal(head.length, 10);
  assert.deepEqual(
    lines.map(([programme]) => Number(programme)),
    programmes!.map(({ programme }) => programme),
  );
  assert.match(lines[1][3], /^Gene10:2\.000;Gene11:1\.850;/);
  assert.deepEqual([Number(lines[3][7]), lines[2][9], lines[3][9]], [-0.01, '1', '0']);
});

/** The fields of one CSV line. */
function fields(line: string): string[] {
  const found = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...found].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}
