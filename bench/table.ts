import { alignColumns } from '../src/cli/table.js';
import { formatBytes, formatNumber } from '../src/number-format.js';
import type { BenchResult } from './result.js';

/** Results as lines to read; the figures of a task alone below it. */
export function tableOf(results: readonly BenchResult[]): string {
  const head = [
    'task',
    'median',
    'min',
    'quartiles',
    'max',
    'CPU',
    'runs',
    'memory',
    'floor',
    'x floor',
    'x in CPU',
  ];
  const seconds = (value: number) => `${formatNumber(value)} s`;
  const rows = results.map((result) => [
    result.name,
    seconds(result.medianSeconds),
    seconds(result.minSeconds),
    `${formatNumber(result.lowerQuartileSeconds)} to ${seconds(result.upperQuartileSeconds)}`,
    seconds(result.maxSeconds),
    seconds(result.medianCpuSeconds),
    String(result.runs),
    formatBytes(result.peakMemoryBytes),
    seconds(result.floor.seconds),
    result.timesFloor.toFixed(2),
    result.timesFloorCpu?.toFixed(2) ?? '',
  ]);
  const figures = results.flatMap(({ name, floor, figures: own }) => [
    '',
    `${name}:`,
    `  floor: ${formatNumber(floor.operations / 1e9)} G operations at ${formatNumber(floor.operationsPerSecond / 1e9)} G/s, ${formatBytes(floor.bytes)} at ${formatBytes(floor.bytesPerSecond)}/s (${floor.bandwidthOf})`,
    ...Object.entries(own).map(
      ([key, value]) => `  ${key}: ${typeof value === 'number' ? formatNumber(value) : value}`,
    ),
  ]);
  return [...alignColumns([head, ...rows], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), ...figures].join('\n');
}
