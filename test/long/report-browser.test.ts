import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { decodeCells } from '../../src/report/browser/decode-cells.js';
import { embeddingData } from '../../src/report/page/embedding-data.js';
import { writeReport } from '../../src/report/write-report.js';
import { type Simulated, simulatedEvaluation } from '../report/simulated-evaluation.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const skip = existsSync(executablePath)
  ? false
  : "needs Chromium (Debian's package chromium, or its path in CHROMIUM)";

const folder = mkdtempSync(join(tmpdir(), 'cellcrate-test-'));
let browser: Browser | null = null;
before(async () => {
  if (!skip) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function open(simulated: Simulated, options: BrowserContextOptions = {}): Promise<Opened> {
  const { files } = await writeReport(folder, simulatedEvaluation(simulated));
  const page = await browser!.newPage(options);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(files[0]).href);
  return { page, complaints, requests };
}

/** Pixels of a map that are not empty. */
const inked = (page: Page, id: string): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.getElementById('${id}');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  })()`);

test('a report opens from disk without a complaint and without a request', { skip }, async () => {
  for (const simulated of [
    {},
    { cells: 20_000, genes: 5000 },
    { train: false, labels: [], counts: false, embedding: false },
    { labels: [] },
  ]) {
    const { page, complaints, requests } = await open(simulated);
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests, [page.url()], 'the page itself and nothing more');
    await page.close();
  }
});

test('a cell under the pointer is described, and marked on both maps', { skip }, async () => {
  const { page } = await open({ cells: 200 });
  const embedding = simulatedEvaluation({ cells: 200 }).embedding!;
  const { codes, labels, isGenerated, rows } = embedding;
  const { places } = decodeCells(embeddingData(embedding));
  // The cell farthest to the left stands alone, at the margin.
  const across = places.filter((_, i) => i % 2 === 0);
  const cell = across.indexOf(Math.min(...across));
  const map = page.locator('#map-label');
  const { width, height } = (await map.boundingBox())!;
  await map.hover({ position: { x: places[2 * cell] * width, y: places[2 * cell + 1] * height } });
  const side = isGenerated[cell] === 1 ? 'generated' : 'real';
  const label = codes[cell] === -1 ? '' : `${labels[codes[cell]]}\n`;
  assert.equal(await page.locator('#tip-label').textContent(), `${label}${side}, row ${rows[cell]}`);
  assert.ok(await page.locator('#ring-source').isVisible());
  await page.mouse.move(0, 0);
  assert.ok(await page.locator('#tip-label').isHidden());
  await page.close();
});

test('the legend hides and shows cells on both maps', { skip }, async () => {
  const { page } = await open({ cells: 400 });
  const maps = ['map-source', 'map-label'];
  const pixels = () => Promise.all(maps.map((id) => inked(page, id)));
  const all = await pixels();
  await page.getByRole('checkbox', { name: /^generated/ }).uncheck();
  const real = await pixels();
  real.forEach((count, i) => {
    assert.ok(count > 0 && count < 0.8 * all[i], `${count} of ${all[i]}`);
  });
  await page.getByRole('checkbox', { name: /^B cell/ }).uncheck();
  const fewer = await pixels();
  assert.ok(fewer.every((count, i) => count > 0 && count < real[i]));
  await page.getByRole('button', { name: 'None' }).click();
  assert.deepEqual(await pixels(), [0, 0]);
  await page.getByRole('button', { name: 'All' }).click();
  assert.deepEqual(await pixels(), real);
  await page.getByRole('checkbox', { name: /^generated/ }).check();
  assert.deepEqual(await pixels(), all);
  await page.close();
});

test('a phone shows the page without scrolling sideways', { skip }, async () => {
  const viewport = { width: 390, height: 844 };
  for (const simulated of [
    {},
    { labels: Array.from({ length: 40 }, (_, i) => `${'long'.repeat(20)}${i}`) },
  ]) {
    const { page } = await open(simulated, { viewport });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width);
    await page.close();
  }
});

test('dark mode changes background, text and maps; print is light', { skip }, async () => {
  const { page } = await open({ cells: 400 }, { colorScheme: 'light' });
  const colours = (): Promise<string[]> =>
    page.evaluate(`['backgroundColor', 'color'].map((name) => getComputedStyle(document.body)[name])`);
  const map = () => page.locator('#map-source').screenshot();
  const light = await colours();
  const lightMap = await map();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await colours();
  assert.deepEqual([light[0], dark[0]], ['rgb(255, 255, 255)', 'rgb(20, 23, 27)']);
  assert.notEqual(light[1], dark[1]);
  assert.ok(!(await map()).equals(lightMap));
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  assert.deepEqual(await colours(), light);
  await page.close();
});
