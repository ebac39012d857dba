/**
 * The little that the page's script needs of a browser. TypeScript's own DOM library would put a thousand globals
 * (`name`, `event`, `status`) in sight of all code that runs in Node.
 */

export interface Page extends Listening {
  readonly defaultView: Window;
  readonly documentElement: Element;
  getElementById(id: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

export interface Window extends Listening {
  readonly devicePixelRatio: number;
  matchMedia(query: string): Listening;
  getComputedStyle(element: Element): { getPropertyValue(name: string): string };
}

export interface Element extends Listening {
  textContent: string;
  hidden: boolean;
  readonly dataset: Record<string, string | undefined>;
  readonly style: { left: string; top: string };
  readonly classList: { toggle(name: string, on: boolean): void };
  readonly offsetWidth: number;
  getBoundingClientRect(): { readonly left: number; readonly top: number; readonly width: number };
}

export interface Checkbox extends Element {
  checked: boolean;
}

export interface Canvas extends Element {
  width: number;
  height: number;
  getContext(kind: '2d'): Context2d;
}

/** CanvasRenderingContext2D. */
export interface Context2d {
  fillStyle: string;
  globalAlpha: number;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  fill(): void;
}

export interface PointerPlace {
  readonly clientX: number;
  readonly clientY: number;
}

interface Listening {
  addEventListener(kind: string, listener: (event: PointerPlace) => void): void;
}
