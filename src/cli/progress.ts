import type { WorkProgress } from '../model/work-steps.js';
import { formatBytes, formatDuration } from '../number-format.js';
import { printable } from './printable.js';

/** Where long work stands. */
export interface ProgressReport {
  /** What is being done, a word or two. */
  readonly label: string;
  /** Share of the work that is done, 0..1; null when nobody knows the whole. */
  readonly fraction: number | null;
  /** Figures to show, as they should be read. */
  readonly details: readonly string[];
  readonly etaSeconds: number | null;
}

/** How far work has come that is done step by step, as progress shows it. */
export function stepReport(label: string, { doing, fraction, etaSeconds }: WorkProgress): ProgressReport {
  return { label, fraction, details: [doing], etaSeconds };
}

/** What progress needs of process.stderr. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const redrawMilliseconds = 100;
const lineMilliseconds = 5000;
const barWidth = 20;
const eraseLine = '\r\x1b[K';

/**
 * Progress on stderr: one line that is drawn anew on a terminal; in a log a plain line every few seconds, without
 * control codes; nothing when quiet.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #quiet: boolean;
  readonly #now: () => number;
  readonly #memory: () => number | null;
  readonly #live: boolean;
  #lastShown = Number.NEGATIVE_INFINITY;
  #lastLabel = '';
  #drawn = false;
  #pending: ProgressReport | null = null;

  /** @param memory bytes of the machine's memory that the process holds; null: not shown */
  constructor(
    stream: ProgressStream,
    quiet: boolean,
    now: () => number = Date.now,
    memory: () => number | null = () => process.memoryUsage.rss(),
  ) {
    this.#stream = stream;
    this.#quiet = quiet;
    this.#now = now;
    this.#memory = memory;
    this.#live = stream.isTTY === true;
  }

  /** Shows the report when it is time to, at once when the work has a new label. */
  update(report: ProgressReport): void {
    if (this.#quiet) return;
    const interval = this.#live ? redrawMilliseconds : lineMilliseconds;
    if (report.label === this.#lastLabel && this.#now() - this.#lastShown < interval) {
      this.#pending = report;
      return;
    }
    if (report.label !== this.#lastLabel) this.#finishLine();
    this.#show(report);
  }

  /** A line of its own between the reports. */
  message(line: string): void {
    if (this.#quiet) return;
    if (this.#drawn) this.#stream.write(eraseLine);
    this.#drawn = false;
    this.#stream.write(`${printable(line)}\n`);
  }

  /** The last report that was held back, and the end of the line. */
  end(): void {
    this.#finishLine();
    this.#lastLabel = '';
  }

  #finishLine(): void {
    if (this.#pending) this.#show(this.#pending);
    if (this.#drawn) this.#stream.write('\n');
    this.#drawn = false;
  }

  #show(given: ProgressReport): void {
    const memory = this.#memory();
    const details = memory === null ? given.details : [...given.details, `memory ${formatBytes(memory)}`];
    const report = { ...given, label: printable(given.label), details: details.map(printable) };
    this.#pending = null;
    this.#lastShown = this.#now();
    this.#lastLabel = given.label;
    if (this.#live) {
      this.#stream.write(eraseLine + barLine(report, this.#stream.columns || 80));
      this.#drawn = true;
    } else {
      this.#stream.write(`${plainLine(report)}\n`);
    }
  }
}

/** 'train  [########------------]  42%  ETA 38 s  step 420/1,000  loss 0.31', cut to the terminal's width. */
export function barLine(report: ProgressReport, columns: number): string {
  const filled = Math.round(barWidth * (report.fraction ?? 0));
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
  return [report.label, ...(report.fraction === null ? [] : [bar]), ...figures(report)]
    .join('  ')
    .slice(0, Math.max(0, columns - 1));
}

/** The same without the bar. */
export const plainLine = (report: ProgressReport): string => [report.label, ...figures(report)].join('  ');

function figures({ fraction, details, etaSeconds }: ProgressReport): string[] {
  return [
    ...(fraction === null ? [] : [`${Math.floor(100 * fraction)}%`]),
    ...(etaSeconds === null ? [] : [`ETA ${formatDuration(etaSeconds)}`]),
    ...details,
  ];
}
