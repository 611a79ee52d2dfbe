"""The frame of the HTML report: its style, for light and dark screens, and the script that names cells."""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfbf9; --ink: #1d2329; --soft: #68717b; --line: #e0e2e0; --card: #ffffff;
  --h1: #c4ddef; --h2: #8bbcdf; --h3: #4a90c4; --h4: #1c5f96; --miss: #f3b183; --none: #e9eae8; --bar: #1c5f96; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e3e6e8; --soft: #959fa8; --line: #2c3238;
  --card: #1b1f23; --h1: #1d3a50; --h2: #2a5f86; --h3: #4392c7; --h4: #9dd0f2; --miss: #b5622b; --none: #262b30;
  --bar: #4392c7; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 28px 24px 80px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 24px; margin: 0 0 2px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 44px 0 2px; padding-top: 12px; border-top: 1px solid var(--line); }
h2 small { font-weight: 400; color: var(--soft); font-size: 14px; float: right; }
p { margin: 4px 0 10px; color: var(--soft); max-width: 90ch; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 2px; }
code, th, .chips, .list { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
.total { font-size: 40px; font-weight: 650; letter-spacing: -0.02em; margin: 14px 0 0; }
.total span { font-size: 15px; font-weight: 400; color: var(--soft); letter-spacing: 0; margin-left: 10px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(225px, 1fr)); gap: 10px; margin: 18px 0 8px; }
.card { display: block; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 9px 12px;
  text-decoration: none; }
.card:hover { border-color: var(--h3); }
.card b { float: right; font-weight: 600; font-variant-numeric: tabular-nums; }
.card small { display: block; color: var(--soft); font-variant-numeric: tabular-nums; }
.bar { height: 5px; border-radius: 3px; background: var(--none); margin: 7px 0 5px; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--bar); }
.scroll { overflow-x: auto; margin: 8px 0; padding-bottom: 4px; }
table { border-collapse: collapse; font-size: 11px; }
th { font-weight: 400; white-space: nowrap; text-align: left; padding: 1px 8px 1px 0; color: var(--ink); }
thead th { color: var(--soft); padding: 2px 5px; vertical-align: bottom; text-align: center; }
thead.tall th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: 4px 0; }
td { padding: 1px 2px; white-space: nowrap; line-height: 0; text-align: center; }
.nine td { white-space: normal; width: 38px; min-width: 38px; padding: 3px; text-align: left; }
.nine td i { margin-bottom: 1px; float: left; }
tbody tr:hover { background: var(--none); }
td i, .key i { display: inline-block; width: 9px; height: 9px; margin: 0 1px 0 0; border-radius: 2px; }
.m { background: var(--miss); } .h1 { background: var(--h1); } .h2 { background: var(--h2); }
.h3 { background: var(--h3); } .h4 { background: var(--h4); }
.x { background: repeating-linear-gradient(45deg, var(--none) 0 2px, transparent 2px 4px); }
.key { color: var(--soft); font-size: 12px; margin: 2px 0 14px; } .key i { margin: 0 4px 0 14px; vertical-align: -1px; }
.key i:first-child { margin-left: 0; }
.chips { font-size: 11px; line-height: 1; margin: 6px 0; }
.chips a, .chips span { display: inline-block; padding: 3px 6px; margin: 0 3px 4px 0; border-radius: 4px;
  text-decoration: none; color: var(--ink); }
.chips .h3, .chips .h4 { color: #fff; } .chips .x { color: var(--soft); }
@media (prefers-color-scheme: dark) { .chips .h4 { color: #10202c; } }
details { margin: 6px 0; } summary { cursor: pointer; color: var(--soft); }
summary:hover { color: var(--ink); }
details details { margin-left: 14px; }
.list { font-size: 11.5px; margin: 6px 0 6px 16px; padding: 0; list-style: none; max-width: 115ch; }
.list li { padding: 1px 0 1px 14px; text-indent: -14px; } .list em { font-style: normal; color: var(--soft); }
#tip { position: fixed; display: none; z-index: 9; max-width: 60ch; background: var(--ink); color: var(--paper);
  padding: 4px 8px; border-radius: 5px; font-size: 12px; pointer-events: none; }
@media print { body { max-width: none; } #tip { display: none; } }
"""

SCRIPT = """
const tip = document.getElementById('tip');
document.addEventListener('mousemove', event => {
  const cell = event.target, box = cell.closest && cell.closest('td'), table = box && box.closest('table');
  if (cell.tagName !== 'I' || !table) { tip.style.display = 'none'; return; }
  const words = [box.parentNode.cells[0].textContent], strip = table.dataset.strip;
  const head = table.tHead && table.tHead.rows[0].cells[box.cellIndex];
  if (head && head.textContent) words.push(head.textContent);
  if (strip) words.push(strip.split('|')[[...box.children].indexOf(cell)]);
  const many = cell.dataset.n, what = cell.className;
  const programs = many + (many === '1' ? ' program' : ' programs');
  const count = what === 'm' ? 'not covered' : what === 'x' ? 'excluded' : programs;
  tip.textContent = words.join(' / ') + ': ' + count;
  tip.style.display = 'block';
  tip.style.left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8) + 'px';
  tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + 'px';
});
"""
