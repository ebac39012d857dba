/** Ctrl-C or a request to end, turned into an abort signal. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM, null when nobody interrupted. */
  exitStatus(): number | null;
  /** Gives the signals their ordinary effect again. */
  release(): void;
}

const statusOf = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Catches SIGINT and SIGTERM: the first asks the work to stop in good order, the second ends the process at once.
 * @param onFirst told when the first one comes, with what the work will do about it still to happen
 */
export function catchInterruption(onFirst: () => void): Interruption {
  const controller = new AbortController();
  let status: number | null = null;
  const handle = (name: 'SIGINT' | 'SIGTERM') => {
    if (status !== null) process.exit(statusOf[name]);
    status = statusOf[name];
    onFirst();
    controller.abort();
  };
  const handlers = { SIGINT: () => handle('SIGINT'), SIGTERM: () => handle('SIGTERM') };
  process.on('SIGINT', handlers.SIGINT);
  process.on('SIGTERM', handlers.SIGTERM);
  return {
    signal: controller.signal,
    exitStatus: () => status,
    release() {
      process.off('SIGINT', handlers.SIGINT);
      process.off('SIGTERM', handlers.SIGTERM);
    },
  };
}
