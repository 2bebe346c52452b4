"use strict";
(() => {
  const NARROW = 640; // pixels of a page below which panels stand one above the other
  const NARROW_CHART = 330;
  const LEAST_CHART = 200;
  const READABLE = 10; // pixels of the smallest letters, below which a chart scrolls in its place and shrinks no further
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const themes = read("themes");
  const words = read("words");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const figures = [...document.querySelectorAll("figure[data-figure]")];
  const tableOf = (figure) => read("data-" + figure.dataset.figure);
  const asObjects = (table) =>
    table.rows.map((row) => Object.fromEntries(table.columns.map((name, at) => [name, row[at]])));

  const styled = (theme) => (innerWidth < NARROW ? { ...themes[theme], legend: { ...themes[theme].legend, columns: 2 } } : themes[theme]);
  const panelOf = (spec) => spec.spec ?? spec;

  function narrow(spec) {
    if (spec.columns) spec.columns = 1;
    if (panelOf(spec).width > NARROW_CHART) panelOf(spec).width = NARROW_CHART;
  }

  // What stands beside the panel is known when the chart is there: then the panel takes what is left. Tells whether it changed.
  function fitted(spec, place) {
    const over = place.querySelector("svg").viewBox.baseVal.width - place.clientWidth;
    const panel = panelOf(spec);
    if (!(over > 0 && panel.width > LEAST_CHART)) return false;
    panel.width = Math.max(LEAST_CHART, panel.width - Math.ceil(over));
    return true;
  }

  function readable(place) {
    const svg = place.querySelector("svg");
    const least = Math.min(...[...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize)));
    svg.style.minWidth = Math.ceil((svg.viewBox.baseVal.width * READABLE) / least) + "px";
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  }

  // Vega gives every mark a role, most without a name; the page names the chart, and its data stand below as a table.
  function asOnePicture(place) {
    for (const part of place.querySelectorAll("svg, svg *"))
      for (const { name } of [...part.attributes]) if (name === "role" || name.startsWith("aria-")) part.removeAttribute(name);
  }

  async function draw(figure, theme) {
    const place = figure.querySelector(".chart");
    const spec = read("spec-" + figure.dataset.figure);
    if (innerWidth < NARROW) narrow(spec);
    spec.datasets = { source: asObjects(tableOf(figure)) };
    const shown = () => vegaEmbed(place, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, config: styled(theme),
      tooltip: { disableDefaultStyle: true }, logLevel: 1,
    });
    try {
      await shown();
      if (innerWidth < NARROW && fitted(spec, place)) await shown();
      asOnePicture(place);
      readable(place);
      figure.dataset.drawn = theme;
    } catch (error) {
      place.textContent = words.failed + " " + error;
    }
  }

  async function drawAll(theme) {
    for (const figure of figures) await draw(figure, theme);
    document.documentElement.dataset.drawn = document.querySelectorAll("figure[data-drawn]").length;
    document.documentElement.dataset.scheme = theme;
  }

  const quoted = (cell) => (/[",\n]/.test(String(cell)) ? '"' + String(cell).replaceAll('"', '""') + '"' : String(cell ?? ""));
  const asCsv = (table) => "\ufeff" + [table.columns, ...table.rows].map((row) => row.map((c) => quoted(c ?? "")).join(",")).join("\n") + "\n";

  function fill(figure) {
    const details = figure.querySelector("details");
    if (details.dataset.filled) return;
    details.dataset.filled = "yes";
    const table = tableOf(figure);
    const link = details.querySelector("a");
    link.href = "data:text/csv;charset=utf-8," + encodeURIComponent(asCsv(table));
    const grid = document.createElement("table");
    const head = grid.createTHead().insertRow();
    for (const name of table.columns) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = words.columns[name] ?? name;
      head.append(cell);
    }
    const body = grid.createTBody();
    for (const row of table.rows) {
      const line = body.insertRow();
      for (const value of row) {
        const cell = line.insertCell();
        cell.textContent = value ?? "";
        if (typeof value === "string") cell.className = "word";
      }
    }
    details.querySelector(".scroll").replaceChildren(grid);
  }

  for (const figure of figures) figure.querySelector("details").addEventListener("toggle", () => fill(figure));
  const scheme = () => (dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => drawAll(scheme()));
  addEventListener("resize", () => figures.filter((figure) => figure.dataset.drawn).forEach((figure) => readable(figure.querySelector(".chart"))));
  addEventListener("beforeprint", () => dark.matches && drawAll("light"));
  addEventListener("afterprint", () => dark.matches && drawAll("dark"));
  drawAll(scheme());
})();
