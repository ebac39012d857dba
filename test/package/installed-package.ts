import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../shared.js';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program as a user would from a folder of their own, not as a part of this project's `npm test`. */
export function runIn(folder: string, program: string, ...args: string[]): Outcome {
  const { npm_config_local_prefix: _prefix, npm_package_json: _package, ...env } = process.env;
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env, maxBuffer: 1e8 });
}

export interface PackedPackage {
  readonly tarball: string;
  /** Paths in the package. */
  readonly files: readonly string[];
}

/** `npm pack` of what was built last. */
export function pack(folder: string): PackedPackage {
  if (!existsSync(join(projectRoot, 'dist'))) throw new Error('there is no dist; npm run build makes it');
  const { status, stdout, stderr } = runIn(
    projectRoot,
    'npm',
    'pack',
    '--json',
    '--pack-destination',
    folder,
  );
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

const noNetwork = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/**
 * Installs the packed package in an empty folder, `project`, as the README says.
 * @returns null, or why it cannot be done on this machine
 */
export function installIn(project: string, { tarball }: PackedPackage): string | null {
  mkdirSync(project);
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const { status, stderr } = runIn(project, 'npm', 'install', ...options, tarball);
  if (status === 0) return null;
  const [reason] = noNetwork.exec(stderr) ?? [];
  if (reason === undefined) throw new Error(`npm install failed: ${stderr}`);
  return `needs the npm registry, which cannot be reached (${reason})`;
}
