/**
 * Writes the tables and pictures of docs/white-box.md from explanations.
 *
 *   npm run compile && node build/scripts/white-box.js NAME=EXPLANATION_FOLDER[=ANOTHER] ...
 *
 * The other explanation, of the same data with --rate-reduction, is one more row of the layers' table.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CellcrateError, FileError, OptionError } from '../src/errors.js';
import type { Explanation, LayerMeasure } from '../src/explain/explanation.js';
import { writeFileAtomic } from '../src/io/atomic.js';
import { formatShare } from '../src/number-format.js';
import { layerMapsOf } from '../src/report/explanation/objective-section.js';
import { formatValue } from '../src/report/figure-format.js';
import { dosePlot } from '../src/report/plots/dose-plot.js';
import { layerHeatMap } from '../src/report/plots/layer-heat-map.js';
import type { Plot } from '../src/report/plots/plot.js';
import { lightTheme } from '../src/report/plots/theme.js';
import { markdownTable, replaceBetween } from './markdown.js';

const page = join('docs', 'white-box.md');

interface Explained {
  readonly name: string;
  readonly explanation: Explanation;
  /** Of a model of the same data that was trained with the denoiser's own objective in its loss. */
  readonly regularised: Explanation | null;
}

async function main(requests: readonly string[]): Promise<void> {
  const sets = requests.map((request): Explained => {
    const [name, folder, another] = request.split('=');
    if (folder === undefined)
      throw new OptionError(request, 'is not NAME=EXPLANATION_FOLDER', 'Name the data set');
    const explanation = (of: string): Explanation =>
      JSON.parse(readFileSync(join(of, 'explain.json'), 'utf8'));
    return {
      name,
      explanation: explanation(folder),
      regularised: another === undefined ? null : explanation(another),
    };
  });
  if (sets.length === 0)
    throw new OptionError('white-box', 'no explanation is given', 'NAME=EXPLANATION_FOLDER[=ANOTHER] ...');
  const sections = [];
  for (const set of sets) sections.push(await sectionOf(set));
  const text = [programmeTable(sets), markerTable(sets), doseTable(sets), layerTable(sets), ...sections].join(
    '\n\n',
  );
  await writeFileAtomic(page, replaceBetween(page, readFileSync(page, 'utf8'), 'tables', text));
}

function programmeTable(sets: readonly Explained[]): string {
  return `### What cells are made of\n\n${markdownTable(
    ['', 'programmes used', 'dead', 'alike', 'of them in a cell', 'codes that are zero'],
    sets.map(({ name, explanation: { programmes } }) => {
      const { live, dead, duplicates, atomsPerCell, zeros } = present(programmes, name);
      return [
        name,
        `${live}`,
        `${dead}`,
        `${duplicates.length} pairs`,
        formatValue(atomsPerCell),
        formatShare(zeros),
      ];
    }),
  )}`;
}

function markerTable(sets: readonly Explained[]): string {
  const methods = ['programmes', 'PCA', 'NMF', 'genes shuffled', 'types shuffled'];
  const score = (explanation: Explanation, method: string, ranking: string): string => {
    const found = explanation.markers?.scores.find((one) => one.method === method && one.ranking === ranking);
    return found === undefined ? '–' : formatValue(found.matched);
  };
  return `### Average precision of markers\n\n${markdownTable(
    ['', 'components', 'genes ranked by', ...methods],
    sets.flatMap(({ name, explanation }) =>
      (['in cells', 'own'] as const).map((ranking) => [
        name,
        `${explanation.markers?.components ?? '–'}`,
        ranking === 'own' ? 'own weights' : 'covariance in cells',
        ...methods.map((method) => score(explanation, method, ranking)),
      ]),
    ),
  )}`;
}

function doseTable(sets: readonly Explained[]): string {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return `### Turning a programme\n\n${markdownTable(
    [
      '',
      'programmes',
      'dose (log2)',
      'top genes',
      'all others',
      'others / top',
      'genes outside it / top',
      'rises at every dose',
      'zeros',
      'whole numbers',
    ],
    sets.flatMap(({ name, explanation: { doses } }) => {
      const rising = doses.filter(({ doses: own }) => isRising(own)).length;
      const asked = [...new Set(doses.flatMap(({ doses: own }) => own.map(({ dose }) => dose)))];
      return asked
        .filter((dose) => dose > 0)
        .map((dose) => {
          const own = doses.flatMap((one) => one.doses.filter((each) => each.dose === dose));
          const on = mean(own.map(({ onTarget }) => onTarget));
          const off = mean(own.map(({ offTarget }) => offTarget));
          const outside = mean(own.map(({ bystanders }) => bystanders));
          return [
            ...[
              name,
              `${doses.length}`,
              formatValue(dose),
              formatValue(on),
              formatValue(off),
              formatValue(off / on),
              formatValue(outside / on),
            ],
            ...[`${rising} of ${doses.length}`, formatShare(mean(own.map(({ zeros }) => zeros)))],
            formatShare(mean(own.map(({ whole }) => whole))),
          ];
        });
    }),
  )}`;
}

function isRising(doses: readonly { readonly dose: number; readonly onTarget: number }[]): boolean {
  const ordered = [...doses].sort((a, b) => a.dose - b.dose);
  return ordered.every((one, i) => i === 0 || one.onTarget > ordered[i - 1].onTarget);
}

function layerTable(sets: readonly Explained[]): string {
  return `### Compression and sparsity\n\n${markdownTable(
    [
      '',
      'coding rate falls in',
      'mean change',
      'R - R^c after attention',
      'zeros in layer 1',
      'zeros in the last layer',
      'sparser with depth at',
    ],
    sets.flatMap(({ name, explanation, regularised }) => [
      layerRow(name, explanation),
      ...(regularised === null ? [] : [layerRow(`${name}, \`--rate-reduction\``, regularised)]),
    ]),
  )}`;
}

function layerRow(name: string, { objective: { noised, layers } }: Explanation): string[] {
  const meanOf = (of: (one: LayerMeasure) => number, over: readonly LayerMeasure[] = noised) =>
    over.reduce((sum, one) => sum + of(one) / over.length, 0);
  const change = ({ rateAfter, rateBefore }: LayerMeasure) => rateAfter / rateBefore - 1;
  const at = (layer: number) => noised.filter((one) => one.layer === layer);
  const [first, last] = [at(0), at(layers - 1)];
  const sparser = last.filter((one) => one.zeros > first.find(({ t }) => t === one.t)!.zeros).length;
  const zeros = (all: readonly LayerMeasure[]) => formatShare(meanOf((one) => one.zeros, all));
  return [
    name,
    `${noised.filter((one) => change(one) < 0).length} of ${noised.length} layers and levels`,
    formatShare(meanOf(change)),
    meanOf(({ reduction }) => reduction).toFixed(1),
    ...[zeros(first), zeros(last), `${sparser} of ${last.length} levels`],
  ];
}

async function sectionOf({ name, explanation }: Explained): Promise<string> {
  const { programmes, markers, objective, preset, doses } = explanation;
  const [rates, , zeros] = layerMapsOf(objective, preset).map(layerHeatMap);
  const dose = dosePlot(doses);
  const pictures = [];
  for (const plot of [rates, zeros, ...(dose === null ? [] : [dose])])
    pictures.push(await picture(name, plot));
  const used = new Set(markers?.types.map(({ atom }) => atom));
  const list = present(programmes, name).list.filter(({ atom }) => used.has(atom));
  const rows = (markers?.types ?? []).map((one) => {
    const genes = list.find(({ atom }) => atom === one.atom)?.up ?? [];
    return [
      ...[one.type, `${one.atom}`, formatValue(one.auroc)],
      genes
        .slice(0, 6)
        .map(({ gene, log2 }) => `${gene} +${log2.toFixed(1)}`)
        .join(', '),
      one.found.slice(0, 6).join(', ') || '–',
    ];
  });
  return [
    `### ${name}`,
    pictures.join('\n'),
    markdownTable(
      [
        'type',
        'its programme',
        'AUROC in cells',
        'genes that it raises (log2)',
        'markers among its first 50',
      ],
      rows,
    ),
  ].join('\n\n');
}

async function picture(set: string, plot: Plot): Promise<string> {
  const file = `white-box-${set}-${plot.name}.svg`;
  await writeFileAtomic(join('docs', 'pictures', file), `${plot.draw(lightTheme).text}\n`);
  return `![${plot.title}, ${set}](pictures/${file})`;
}

function present<T>(value: T | null, name: string): T {
  if (value === null) throw new FileError(name, 'has no programmes', 'Explain a model of the preset crate');
  return value;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof CellcrateError ? error.exitStatus : 2;
}
