import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has had, in bytes. Of a child process, Linux starts the count that resource usage
 * gives at its parent's memory, so there the process's own high-water mark is read.
 */
export function peakMemory(): number {
  if (process.platform === 'linux') {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
