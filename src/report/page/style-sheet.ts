import { darkTheme, lightTheme, type Theme } from '../plots/theme.js';

const variables = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');

/** The report's look: one column, system font, light or dark by the reader's setting, light in print. */
export const styleSheet = `
:root { ${variables(lightTheme)} --raised:#f5f6f8; color-scheme: light; }
@media screen and (prefers-color-scheme: dark) {
  :root:not(.printing) { ${variables(darkTheme)} --raised:#1d2126; color-scheme: dark; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 40px; }
footer { padding-top: 24px; padding-bottom: 48px; color: var(--muted); font-size: 14px; }
h1 { font-size: 17px; font-weight: 600; color: var(--muted); margin: 0 0 4px; }
h2 { font-size: 24px; line-height: 1.25; margin: 64px 0 8px; }
h3 { font-size: 16px; line-height: 1.35; margin: 0 0 4px; }
p { max-width: 72ch; margin: 0 0 12px; }
a { color: inherit; }
code, .file { overflow-wrap: anywhere; }
.files, .note, figcaption, .meaning, caption { color: var(--muted); font-size: 14px; }
.files { max-width: none; margin: 0; }
.verdict { margin: 40px 0 0; padding-left: 20px; border-left: 5px solid var(--ink); }
.verdict h2 { font-size: 36px; line-height: 1.15; margin: 0 0 12px; }
.verdict p { font-size: 18px; }
nav { margin-top: 28px; font-size: 14px; }
nav a { display: inline-block; margin: 0 16px 4px 0; color: var(--muted); }
.grid { display: grid; gap: 32px 40px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); margin-top: 24px; align-items: start; }
.headline { border-top: 1px solid var(--grid); padding-top: 16px; break-inside: avoid; }
.value { font-size: 40px; line-height: 1.1; font-weight: 600; font-variant-numeric: tabular-nums; color: var(--generated); }
.interval { font-size: 14px; color: var(--muted); margin: 4px 0 0; }
.judgement { font-weight: 600; margin: 6px 0 8px; }
.meaning { margin: 8px 0 0; }
.warnings { padding: 0; margin: 16px 0 0; list-style: none; }
.warnings li { background: var(--raised); border-left: 5px solid var(--generated); padding: 12px 16px; margin-bottom: 12px; break-inside: avoid; }
.warnings p { margin: 0; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure svg { display: block; width: 100%; height: auto; max-width: 440px; }
.headline svg { display: block; width: 100%; height: auto; max-width: 440px; }
.maps { display: grid; gap: 24px 32px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); max-width: 1088px; margin: 16px 0; }
.map { position: relative; max-width: 528px; border: 1px solid var(--grid); overflow: hidden; }
.map canvas { display: block; width: 100%; aspect-ratio: 1; touch-action: pan-y; cursor: crosshair; }
.ring, .tip, .name { position: absolute; pointer-events: none; }
.ring { width: 14px; height: 14px; margin: -7px 0 0 -7px; border: 2px solid var(--ink); border-radius: 50%; }
.tip { transform: translate(12px, -50%); background: var(--ink); color: var(--surface); font-size: 13px; line-height: 1.35; padding: 5px 9px; border-radius: 4px; white-space: pre-line; max-width: 48%; width: max-content; overflow-wrap: anywhere; z-index: 1; }
.tip.leftward { transform: translate(calc(-100% - 12px), -50%); }
.name { transform: translate(-50%, -50%); font-size: 12px; font-weight: 600; white-space: nowrap; text-shadow: 0 0 3px var(--surface), 0 0 3px var(--surface), 0 0 3px var(--surface), 0 0 3px var(--surface); }
.axis { display: flex; justify-content: space-between; max-width: 528px; }
fieldset { border: 0; padding: 0; margin: 0 0 8px; min-width: 0; font-size: 14px; }
legend { font-weight: 600; padding: 0; margin-bottom: 4px; }
.toggles { display: flex; flex-wrap: wrap; gap: 4px 18px; }
.toggles label { display: inline-flex; align-items: center; gap: 6px; min-height: 28px; overflow-wrap: anywhere; }
.toggles small { color: var(--muted); }
.toggles input { flex: none; margin: 0; }
.swatch { flex: none; width: 12px; height: 12px; }
.swatch.circle { border-radius: 50%; }
button { font: inherit; font-size: 14px; color: inherit; background: none; border: 1px solid var(--muted); border-radius: 4px; padding: 2px 10px; cursor: pointer; }
.scroll { overflow-x: auto; margin-top: 16px; }
.scroll + h3 { margin-top: 40px; }
.scroll + .note { margin-top: 8px; }
table { border-collapse: collapse; font-size: 14px; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 8px; }
.inview { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 32px); text-align: left; white-space: normal; }
th, td { text-align: right; padding: 7px 12px; border-bottom: 1px solid var(--grid); vertical-align: top; white-space: nowrap; }
thead th { border-bottom-color: var(--muted); vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody th, thead th:first-child { position: sticky; left: 0; background: var(--surface); background-clip: padding-box; }
tbody th { font-weight: 600; white-space: normal; min-width: 130px; max-width: 320px; overflow-wrap: anywhere; }
td.genes, th.genes { text-align: left; white-space: normal; min-width: 200px; overflow-wrap: anywhere; }
tr.own > * { border-bottom: 0; padding-bottom: 0; }
tr.explained td { padding-top: 0; }
tr.explained .meaning { margin: 0; }
tr.group th { color: var(--muted); padding-top: 28px; border-bottom-color: var(--muted); }
td small { display: block; color: var(--muted); font-weight: 400; }
details { margin-top: 16px; }
summary { cursor: pointer; font-weight: 600; }
.empty { color: var(--muted); border-left: 3px solid var(--grid); padding-left: 16px; }
@media (max-width: 480px) {
  .verdict h2 { font-size: 28px; }
  h2 { margin-top: 48px; }
  tbody th { max-width: 150px; }
}
@media print {
  body { font-size: 11pt; }
  header, main, footer { max-width: none; padding: 0; }
  nav, button, .toggles input, .hint { display: none; }
  h2, h3, caption { break-after: avoid; }
  h2 { margin-top: 32px; }
  .grid { grid-template-columns: 1fr 1fr; gap: 20px 28px; }
  .maps { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; }
  tr.own { break-after: avoid; }
  table { font-size: 8.5pt; }
  th, td { padding: 4px 6px; }
  td small { font-size: 7pt; }
  tr, #cells, #memorisation { break-inside: avoid; }
  tbody th, thead th:first-child { position: static; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
