/** The data_visualization block, drawn as bars whatever its kind: each category with its values, also in words. */

import { h } from "./dom.js";

export function chart(block) {
  const kind = block.chart ?? {};
  const series = kind.series ?? [{ name: block.title, data: kind.segments ?? [] }];
  const labels = kind.axis_config?.categories ?? series[0].data.map((point) => point.label);
  const highest = Math.max(1, ...series.flatMap((each) => each.data.map((point) => point.value)));
  return h(
    "figure",
    { class: "chart", role: "img", "aria-label": words(block.title, labels, series) },
    h("figcaption", { class: "chart-title" }, block.title),
    h(
      "div",
      { class: "chart-columns", "aria-hidden": "true" },
      labels.map((label, column) => columnNode(label, column, series, highest)),
    ),
    h(
      "div",
      { class: "chart-legend", "aria-hidden": "true" },
      series.map((each, number) => h("span", { class: `chart-name is-series-${number}` }, each.name)),
    ),
  );
}

function columnNode(label, column, series, highest) {
  const bars = series.map((each, number) => {
    const value = each.data[column]?.value ?? 0;
    const bar = h("span", { class: `chart-bar is-series-${number}` });
    bar.style.height = `${(value / highest) * 85}%`;
    return h("span", { class: "chart-slot" }, value ? h("span", {}, String(value)) : null, bar);
  });
  return h("div", { class: "chart-column" }, h("div", { class: "chart-bars" }, bars), h("span", {}, label));
}

const words = (title, labels, series) =>
  `${title}. ${labels
    .map((label, column) => `${label}: ${series.map((each) => `${each.name} ${each.data[column]?.value}`).join(", ")}`)
    .join("; ")}`;
