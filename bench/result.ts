/** Seconds of a task that was done several times. */
export interface Timing {
  readonly medianSeconds: number;
  readonly minSeconds: number;
  readonly lowerQuartileSeconds: number;
  readonly upperQuartileSeconds: number;
  readonly maxSeconds: number;
  /** Of all threads: on a machine that others use too, it says more than the clock. */
  readonly medianCpuSeconds: number;
  readonly runs: number;
}

/** What the machine cannot do faster: the operations or the bytes that the task needs, whichever takes longer. */
export interface Floor {
  readonly seconds: number;
  /** The operations alone, in processor time; null where they are none. */
  readonly cpuSeconds: number | null;
  /** Multiply-adds of matrix products x 2, counted from the graph. */
  readonly operations: number;
  /** Of one large product, by the same engine and threads in the same process, between the runs. */
  readonly operationsPerSecond: number;
  /** That must be read or written at least once. */
  readonly bytes: number;
  readonly bytesPerSecond: number;
  readonly bandwidthOf: 'memory' | 'file';
}

export interface BenchResult extends Timing {
  readonly name: string;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Of the process, up to here. */
  readonly peakMemoryBytes: number;
  readonly floor: Floor;
  /** Median over floor. */
  readonly timesFloor: number;
  /** The same in processor time, which others on the machine disturb less. */
  readonly timesFloorCpu: number | null;
  /** Figures of this task alone, such as cells a second. */
  readonly figures: Readonly<Record<string, number | string>>;
}
