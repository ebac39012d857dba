import type { Inspection, ObsColumn, Spread } from '../model/inspect.js';
import { formatAmount, formatBytes, formatCount, formatNumber, formatShare } from '../number-format.js';
import { alignColumns } from './table.js';

const shownCategories = 6;

/**
 * What `inspect` found, line by line.
 * @param everything shows every category, not the most frequent alone
 */
export function describeInspection(found: Inspection, everything: boolean): string[] {
  return [
    `${found.file} (${formatBytes(found.bytes)})`,
    `${formatAmount(found.cells, 'cell')} x ${formatAmount(found.genes, 'gene')}`,
    '',
    ...matrixLines(found),
    '',
    ...obsLines(found, everything),
    ...(found.warnings.length === 0 ? [] : ['', ...found.warnings.map((warning) => `Warning: ${warning}`)]),
  ];
}

function matrixLines({ matrices, chosen }: Inspection): string[] {
  const rows = matrices.map((summary) => {
    const { name, description } = summary;
    return [
      name === chosen?.name ? '*' : ' ',
      name,
      `${formatCount(summary.cells)} x ${formatCount(description.cols)}`,
      description.kind,
      `${formatNumber(description.min)} to ${formatNumber(description.max)}`,
      `${formatShare(description.zeroShare)} zeros`,
    ];
  });
  const used = matrices.find(({ name }) => name === chosen?.name);
  if (chosen === null || used === undefined) return ['Matrices', ...alignColumns(rows), 'Used: none'];
  return [
    'Matrices',
    ...alignColumns(rows),
    `Used: ${chosen.reason}`,
    `${chosen.kind === 'counts' ? 'Library size' : 'Sum per cell'}: ${spreadInWords(chosen.librarySize)}`,
    `Genes per cell: ${spreadInWords(chosen.genesPerCell)}`,
  ];
}

function obsLines({ obs, labelKey }: Inspection, everything: boolean): string[] {
  if (obs.length === 0) return ['No obs columns'];
  const rows = obs.map((column) => [
    column.name === labelKey ? '*' : column.labelCandidate ? '+' : ' ',
    column.name,
    column.kind,
    column.distinct === null ? '' : formatAmount(column.distinct, 'value'),
    column.missing === 0 ? '' : `${formatCount(column.missing)} missing`,
    topCategories(column, everything),
  ]);
  return ['Cells are described by (obs)', ...alignColumns(rows, [3]), `Labels: ${labelHint(obs, labelKey)}`];
}

function labelHint(obs: readonly ObsColumn[], labelKey: string | null): string {
  const others = obs.some(({ name, labelCandidate }) => labelCandidate && name !== labelKey);
  if (labelKey === null) return others ? 'choose one of + with --label-key' : 'no column looks like labels';
  const key = /^[\w.-]+$/.test(labelKey) ? labelKey : JSON.stringify(labelKey);
  return `--label-key ${key} (*)${others ? '; others that may serve: +' : ''}`;
}

function topCategories({ labelCandidate, top }: ObsColumn, everything: boolean): string {
  if (!labelCandidate && !everything) return '';
  const shown = everything ? top : top.slice(0, shownCategories);
  const rest = top.length - shown.length;
  const names = shown.map(({ label, cells }) => `${label} ${formatCount(cells)}`).join(', ');
  return rest > 0 ? `${names}, ${rest} more` : names;
}

const spreadInWords = ({ median, min, max }: Spread): string =>
  `median ${formatNumber(median)} (${formatNumber(min)} to ${formatNumber(max)})`;
