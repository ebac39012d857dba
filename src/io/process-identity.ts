import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells a process from every other one, also from a later one that got its number. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from the boot of the machine to the process's start; 0 where the system does not tell (not Linux). */
  readonly started: number;
}

export const thisProcess: ProcessIdentity = {
  host: createHash('sha256').update(hostname()).digest('hex').slice(0, 8),
  pid: process.pid,
  started: startOf(process.pid) ?? 0,
};

/** Whether a process still runs; a process of another machine is taken to, since nobody here can know. */
export function isRunning({ host, pid, started }: ProcessIdentity): boolean {
  if (host !== thisProcess.host) return true;
  if (started !== 0) return startOf(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null where there is no such process, or no /proc. */
function startOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], Number(fields[19])];
    return state !== 'Z' && Number.isSafeInteger(ticks) ? ticks : null;
  } catch {
    return null;
  }
}
