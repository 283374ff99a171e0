// Did the latest shaking move it: a row a point, a column a moment. The collector decided; this shows.
const VERDICTS = {"moved": "red", "perhaps moved": "amber", "not moved above": "quiet", "cannot be said": "amber"};

function digits(value) {
  return Math.abs(value) < 100 ? Number(value.toPrecision(2)).toString() : value.toFixed(0);
}
function day(ns) {
  const time = new Date(Number(BigInt(ns) / 1000000n));
  return time.toLocaleString("en-GB", {timeZone: zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit"});
}
function answerText(answer, unit) {
  if (answer.verdict === null) return answer.due_ns ? `${T().due} ${day(answer.due_ns)}` : "—";
  if (answer.verdict === "cannot be said") return T().verdicts[answer.verdict];
  if (answer.verdict === "not moved above") return `${T().verdicts[answer.verdict]} ${digits(answer.bound)} ${unit}`;
  const half = (answer.high - answer.low) / 2;
  const size = answer.size.toFixed(half > 0 ? Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(half)))) : 3);
  return `${T().verdicts[answer.verdict]} ${answer.size > 0 ? "+" : ""}${size} ± ${digits(half)} ${unit}`;
}
function answerCell(answer, unit) {
  const td = cell(answerText(answer, unit), answer.verdict === null ? "quiet" : VERDICTS[answer.verdict]);
  const notes = [answer.why, answer.missing_s ? `${answer.missing_s.toFixed(0)} s ?` : "",
    answer.later_episodes ? `+${answer.later_episodes} ${T().kinds.shaking}` : ""].filter(Boolean);
  if (notes.length) {
    const note = document.createElement("div");
    note.className = "note";
    note.textContent = notes.join(" · ");
    td.append(note);
  }
  return td;
}
function showMovements(moved) {
  $("moved").textContent = !moved ? "" : [moved.structure, T().kinds.shaking, day(moved.onset_ns),
    "–", local(moved.closed_ns, zone), moved.peak].join(" ");
  if (!moved) return rows("movements", []);
  const heads = ["", ...moved.horizons].map((text) => cell(text, "quiet"));
  const points = moved.points.map((point) => [cell(`${point.point}  ${point.name}`),
    ...point.answers.map((answer) => answerCell(answer, point.unit))]);
  const levelled = moved.levelled.map((point) => {
    const td = answerCell(point, "mm");
    td.colSpan = moved.horizons.length;
    return [cell(`${point.point}  ${point.before} → ${point.after}`), td];
  });
  rows("movements", [heads, ...points, ...levelled]);
}
