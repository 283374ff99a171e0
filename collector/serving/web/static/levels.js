// Every limit, the gravest level first: value against bounds, whose word it is, who answers for it.
const GRAVITY = {black: 4, red: 3, amber: 2, green: 1};
const LIMITS_SHOWN = 40;

function noted(td, notes) {
  const words = notes.filter(Boolean);
  if (words.length) {
    const note = document.createElement("div");
    note.className = "note";
    note.textContent = words.join(" · ");
    td.append(note);
  }
  return td;
}
function levelCell(row) {
  if (row.level) return cell(row.level.toUpperCase(), row.level === "green" ? "good" : row.level);
  return cell(row.followed === "at once" ? T().notJudged : T().inEpisodes, "quiet");
}
function boundsText(row) {
  return Object.entries(row.bounds).map(([level, bound]) => `${level} ${bound}`).join(", ") + ` [${row.unit}]`;
}
function standingCell(row) {
  const by = row.adopted ? `${row.adopted.engineer}, ${row.adopted.date}, ${row.adopted.document}` : "";
  const word = T().standings[row.standing] + (row.may_page ? "" : ` (${T().callsNobody})`);
  return noted(cell(word, row.may_page ? "" : "quiet"), [by, row.source + (row.edition ? ` (${row.edition})` : "")]);
}
function showLevels(limits) {
  const sorted = [...limits].sort((a, b) => (GRAVITY[b.level] || 0) - (GRAVITY[a.level] || 0));
  const shown = sorted.slice(0, LIMITS_SHOWN).map((row) => [
    levelCell(row), cell(row.limit),
    noted(cell(row.value === null ? "—" : `${row.value.toPrecision(3)} ${row.unit}`),
      row.quality.length ? [`${T().lacks}: ${row.quality.join(", ")}`] : []),
    cell(boundsText(row)), standingCell(row), noted(cell(row.owner || "—"), [row.action[row.level]]),
  ]);
  if (sorted.length > LIMITS_SHOWN) shown.push([cell(`+${sorted.length - LIMITS_SHOWN} ${T().more}`, "quiet")]);
  rows("levels", shown);
}
