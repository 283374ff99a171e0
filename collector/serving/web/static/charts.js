// Moving charts: one envelope chart for each accelerometer, one line chart of all tilts.
const COLOURS = ["#1b6ca8", "#c2571a", "#3c8031", "#7b4fa3", "#a33b5b", "#5d6b1f"];
const WINDOW_S = 60;
let zone = "UTC";  // of the first structure; the page sets it
const clock = (t) => new Date(t * 1000).toLocaleTimeString("en-GB", {timeZone: zone});
const AXES = [{space: 90, values: (_, at) => at.map(clock)}, {size: 60, space: 22}];
const inZone = (t) => uPlot.tzDate(new Date(t * 1000), zone);

function envelopeChart(parent, key, name, axes) {
  const box = document.createElement("div");
  parent.append(box);
  const series = [{}];
  const bands = [];
  [...axes].forEach((axis, row) => {
    const line = {stroke: COLOURS[row], width: 1, points: {show: false}};
    series.push({...line, label: axis + " high"}, {...line, label: axis + " low"});
    bands.push({series: [row * 2 + 1, row * 2 + 2], fill: COLOURS[row] + "55"});
  });
  const chart = new uPlot({
    tzDate: inZone,
    title: `${key}  ${name}  (${[...axes].map((a, i) => a + " " + ["blue", "orange", "green"][i]).join(", ")})`,
    width: parent.clientWidth, height: 150, series, bands, legend: {show: false},
    cursor: {drag: {x: false}}, axes: AXES,
    scales: {y: {range: (_, low, high) => widened(low, high)}},
  }, [[]], box);
  return {chart, t: [], rows: series.slice(1).map(() => [])};
}

function widened(low, high) {
  const most = Math.max(Math.abs(low || 0), Math.abs(high || 0), 0.5) * 1.1;
  return [-most, most];
}

function extend(view, points) {
  points.t.forEach((t, i) => {
    if (t <= view.t[view.t.length - 1]) return;
    view.t.push(t);
    points.high.forEach((row, axis) => {
      view.rows[axis * 2].push(row[i]);
      view.rows[axis * 2 + 1].push(points.low[axis][i]);
    });
  });
  const newest = view.t[view.t.length - 1];
  let old = 0;
  while (old < view.t.length && view.t[old] < newest - WINDOW_S) old++;
  view.t.splice(0, old);
  view.rows.forEach((row) => row.splice(0, old));
  view.chart.setData([view.t, ...view.rows]);
}

// The limits are to be seen beside the tilt that lasts; what swings beyond is the shaking itself.
function tiltRange(lines, limits) {
  const resting = lines.map((line) => {
    const sizes = line.v.map(Math.abs).sort((a, b) => a - b);
    return sizes[Math.floor(sizes.length / 4)] || 0;
  });
  const most = Math.max(...Object.values(limits), 0);
  return most ? Math.max(1.5 * most, 1.5 * Math.max(...resting)) : Infinity;
}

function tiltChart(parent, streams, limits) {
  const lines = [];
  Object.entries(streams).forEach(([key, points]) => {
    [...points.axes].forEach((axis, row) => lines.push({key, axis, t: points.t, v: points.high[row] || []}));
  });
  if (!lines.length) return;
  const drawn = uPlot.join(lines.map((line) => [line.t, line.v]));
  const series = [{}, ...lines.map((line, i) => ({
    label: `${line.key}${line.axis}`, stroke: COLOURS[i % COLOURS.length], width: 2, spanGaps: true,
  }))];
  Object.entries(limits).forEach(([level, value]) => [value, -value].forEach((at) => {
    series.push({label: `${level} ${at}`, stroke: level === "amber" ? "#d69400" : "#c01818", dash: [6, 4]});
    drawn.push(drawn[0].map(() => at));
  }));
  parent.replaceChildren();
  const most = tiltRange(lines, limits);
  const range = isFinite(most) ? [-most, most] : (_, low, high) => widened(low, high);
  new uPlot({
    tzDate: inZone, width: parent.clientWidth, height: 260, series, legend: {live: false}, axes: AXES,
    scales: {y: {range}},
  }, drawn, parent);
  if (lines.some((line) => line.v.some((value) => Math.abs(value) > most))) {
    const note = document.createElement("div");
    note.className = "note";
    note.textContent = T().beyond;
    parent.append(note);
  }
}
