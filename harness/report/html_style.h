// The look of the HTML report.
#ifndef FRAMEFENCE_HARNESS_REPORT_HTML_STYLE_H_
#define FRAMEFENCE_HARNESS_REPORT_HTML_STYLE_H_

#include <string_view>

namespace framefence::report {

inline constexpr std::string_view kHtmlStyle = R"css(
:root {
  color-scheme: light dark;
  --ink: #1c2024; --soft: #5a636d; --line: #d9dee3; --page: #ffffff; --panel: #f5f7f9;
  --bad: #b3261e; --bad-panel: #fdf0ef; --good: #1a7340; --doubt: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7ea; --soft: #9aa4af; --line: #343b43; --page: #15181b; --panel: #1e2328;
    --bad: #ff8a80; --bad-panel: #2b1c1c; --good: #6fd39a; --doubt: #f0c060;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); background: var(--page);
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.35rem; margin: 3rem 0 .75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .15em; }
code, pre { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre {
  margin: .5rem 0; padding: .7rem .9rem; overflow-x: auto; background: var(--panel);
  border: 1px solid var(--line); border-radius: 6px;
}
.product { color: var(--soft); letter-spacing: .02em; margin: 0 0 .25rem; }
.lead { font-size: 1.1rem; color: var(--soft); }
.bad { color: var(--bad); } .good { color: var(--good); } .doubt { color: var(--doubt); }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .94rem; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { white-space: nowrap; }
td pre { margin: .4rem 0 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.flow { display: flex; align-items: stretch; gap: .9rem; margin: 1rem 0; }
.flow > div {
  flex: 1; padding: .7rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
}
.flow > div.to { background: var(--bad-panel); border-color: var(--bad); }
.flow > .arrow {
  flex: none; align-self: center; padding: 0; border: 0; background: none; font-size: 1.6rem; color: var(--bad);
}
.flow span { color: var(--soft); font-size: .88rem; } .flow b { display: block; font-size: 1.15rem; }
figure { margin: 1rem 0; }
figure img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
figcaption { color: var(--soft); font-size: .92rem; margin-top: .4rem; }
details { margin: .75rem 0; } summary { cursor: pointer; color: var(--soft); }
@media (max-width: 40rem) { .flow { flex-direction: column; } .flow > .arrow { rotate: 90deg; } }
@media print { body { max-width: none; padding: 0; } pre { white-space: pre-wrap; } }
)css";

}  // namespace framefence::report

#endif  // FRAMEFENCE_HARNESS_REPORT_HTML_STYLE_H_
