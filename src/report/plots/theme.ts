/** Colours of a plot: values of the page's style for the HTML, fixed ones for files. */
export interface Theme {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly real: string;
  readonly generated: string;
}

/** For plots inside the page, where the style sheet decides between light, dark and print. */
export const pageTheme: Theme = {
  surface: 'var(--surface)',
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  grid: 'var(--grid)',
  real: 'var(--real)',
  generated: 'var(--generated)',
};

/** For files, and the page's own values in the light. Blue and orange stay apart for all common colour blindness. */
export const lightTheme: Theme = {
  surface: '#ffffff',
  ink: '#1b1f24',
  muted: '#5a636e',
  grid: '#e4e7eb',
  real: '#1f6fb4',
  generated: '#cc5500',
};

export const darkTheme: Theme = {
  surface: '#14171b',
  ink: '#e6e9ed',
  muted: '#a3acb7',
  grid: '#2d333b',
  real: '#6cb4f0',
  generated: '#ff9d52',
};

/** For labels beyond the palette, and cells without one. */
export const otherColour = '#8a929c';

/**
 * Colours of labels: each the farthest from all before it in OKLab (Ottosson 2020), the least over normal sight and
 * full protanopia, deuteranopia and tritanopia (Machado et al. 2009), among those with contrast 2.1 on the light and 3 on the dark surface.
 */
export const labelColours: readonly string[] = [
  ...['#0078b4', '#d25a00', '#00a578', '#d278a5', '#c3b41e', '#00b4ff', '#964b69', '#870fff', '#8778ff'],
  ...['#c31e1e', '#ff78e1', '#d23cd2', '#a5b496', '#d20f96', '#f0695a', '#96695a', '#4b6987', '#a500d2'],
  ...['#78a5d2', '#f000b4', '#875af0', '#5a693c', '#69964b', '#78c369', '#c39600', '#6978d2', '#6996ff'],
  ...['#4bb478', '#c31eb4', '#d296b4'],
];

/** The colour of the label at `code`; -1 is none. */
export const labelColour = (code: number): string => labelColours[code] ?? otherColour;
