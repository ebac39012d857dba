import type { EmbeddingData } from '../page/embedding-data.js';
import { type Cells, decodeCells } from './decode-cells.js';
import type { Canvas, Checkbox, Element, Page, PointerPlace } from './dom.js';
import { drawCells } from './draw-cells.js';
import { nearestCell } from './nearest-cell.js';

/**
 * Brings the two maps of the page to life: drawing, hover, legend toggles, and colours that follow dark mode and print.
 * Runs in the browser: its text travels in the page beside that of `decodeCells`, `drawCells` and `nearestCell`.
 */
export function showEmbedding(page: Page): void {
  const element = <T extends Element>(id: string): T | null => page.getElementById(id) as T | null;
  const source = element('embedding-data');
  if (source === null) return;
  const data: EmbeddingData = JSON.parse(source.textContent);
  const cells: Cells = decodeCells(data);
  const window = page.defaultView;
  const boxes = [...page.querySelectorAll('#embedding input')] as Checkbox[];

  const shownSources = [true, true];
  const shownLabels = data.colours.map(() => true);
  const isShown = (cell: number): boolean =>
    shownSources[cells.isGenerated[cell]] && shownLabels[cells.codes[cell]];

  const drawMap = (canvas: Canvas): void => {
    const side = canvas.offsetWidth;
    const density = window.devicePixelRatio;
    canvas.width = side * density;
    canvas.height = side * density;
    const context = canvas.getContext('2d');
    context.setTransform(density, 0, 0, density, 0, 0);
    const style = window.getComputedStyle(page.documentElement);
    const sides = ['--real', '--generated'].map((name) => style.getPropertyValue(name));
    const colourOf = (cell: number): string =>
      canvas.dataset.by === 'label' ? data.colours[cells.codes[cell]] : sides[cells.isGenerated[cell]];
    drawCells(context, cells, { side, isShown, colourOf });
  };

  const canvases = ['source', 'label']
    .map((by) => element<Canvas>(`map-${by}`))
    .filter((canvas) => canvas !== null);

  const hideTips = (): void => {
    for (const mark of page.querySelectorAll('#embedding .tip, #embedding .ring')) mark.hidden = true;
  };

  const drawAll = (): void => {
    hideTips();
    canvases.forEach(drawMap);
  };

  const describe = (cell: number): string => {
    const side = cells.isGenerated[cell] === 1 ? 'generated' : 'real';
    const label = data.labels[cells.codes[cell]];
    return `${label === undefined ? '' : `${label}\n`}${side}, row ${cells.rows[cell]}`;
  };

  const point = (canvas: Canvas, { clientX, clientY }: PointerPlace): void => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.width];
    const cell = nearestCell(cells, isShown, x, y, 12 / box.width);
    hideTips();
    if (cell === -1) return;
    const left = `${100 * cells.places[2 * cell]}%`;
    const top = `${100 * cells.places[2 * cell + 1]}%`;
    for (const { dataset } of canvases) {
      const ring = element(`ring-${dataset.by}`)!;
      Object.assign(ring.style, { left, top });
      ring.hidden = false;
    }
    const tip = element(`tip-${canvas.dataset.by}`)!;
    tip.textContent = describe(cell);
    Object.assign(tip.style, { left, top });
    // Away from the edge, so that it stays within the map.
    tip.classList.toggle('leftward', cells.places[2 * cell] > 0.5);
    tip.hidden = false;
  };

  const toggle = (box: Checkbox): void => {
    const { source: side, label } = box.dataset;
    if (side !== undefined) shownSources[Number(side)] = box.checked;
    if (label !== undefined) shownLabels[Number(label)] = box.checked;
  };

  const setLabels = (checked: boolean): void => {
    for (const box of boxes.filter(({ dataset }) => dataset.label !== undefined)) {
      box.checked = checked;
      toggle(box);
    }
    drawAll();
  };

  for (const canvas of canvases) {
    canvas.addEventListener('pointermove', (event) => point(canvas, event));
    canvas.addEventListener('pointerdown', (event) => point(canvas, event));
    canvas.addEventListener('pointerleave', hideTips);
  }
  for (const box of boxes) {
    // A browser keeps what was ticked when the page is loaded again.
    toggle(box);
    box.addEventListener('change', () => {
      toggle(box);
      drawAll();
    });
  }
  element('show-labels')?.addEventListener('click', () => setLabels(true));
  element('hide-labels')?.addEventListener('click', () => setLabels(false));
  window.addEventListener('resize', drawAll);
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  for (const [moment, on] of [
    ['beforeprint', true],
    ['afterprint', false],
  ] as const) {
    window.addEventListener(moment, () => {
      page.documentElement.classList.toggle('printing', on);
      drawAll();
    });
  }
  drawAll();
}
