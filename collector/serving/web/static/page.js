// Asks the collector every second and shows what it says. Nothing here decides anything.
const asked = new URLSearchParams(location.search).get("lang");
let language = TEXTS[asked] ? asked : localStorage.getItem("language") || "en";
const views = {};
let after = 0;
const $ = (id) => document.getElementById(id);
const T = () => TEXTS[language];

function cell(text, cls) {
  const td = document.createElement("td");
  td.textContent = text;
  if (cls) td.className = cls;
  return td;
}
function rows(table, list) {
  const body = list.map((cells) => {
    const tr = document.createElement("tr");
    tr.append(...cells);
    return tr;
  });
  if (!body.length) {
    const tr = document.createElement("tr");
    tr.append(cell(T().none, "quiet"));
    body.push(tr);
  }
  $(table).replaceChildren(...body);
}
function local(ns, zone) {
  const time = new Date(Number(BigInt(ns) / 1000000n));
  return time.toLocaleTimeString("en-GB", {timeZone: zone, hour12: false});
}
function showVerdicts(state) {
  $("verdicts").replaceChildren(...state.structures.map((structure) => {
    const box = document.createElement("div");
    box.className = "verdict " + structure.word;
    const word = document.createElement("strong");
    word.textContent = T()[structure.word];
    const text = document.createElement("div");
    const name = document.createElement("h2");
    name.textContent = `${structure.code}  ${structure.name}`;
    const hint = document.createElement("p");
    hint.textContent = T()[structure.word + "Hint"];
    const why = document.createElement("p");
    why.className = "why";
    why.textContent = structure.reasons.slice(0, 3).join(" · ");
    text.append(name, hint, why);
    box.append(word, text);
    return box;
  }));
}
function showTables(state) {
  rows("events", state.events.map((event) => [
    cell(local(event.onset_ns, zone)), cell(event.structure),
    cell(T().kinds[event.kind] || event.kind, event.level),
    cell(`${event.value.toPrecision(3)} ${event.unit}`), cell(event.detector),
    cell(event.late ? T().late : event.closed_ns ? local(event.closed_ns, zone) : T().open),
  ]));
  rows("alerts", state.alerts.flatMap((incident) => incident.told.map((told, at) => [
    cell(local(told.when_ns, zone)), cell(told.person), cell(incident.title, incident.severity),
    cell([incident.action, incident.owner].filter(Boolean).join(" · ")), cell(told.state),
    at === 0 && incident.waits_for_answer ? answerButton(incident.code)
      : cell(incident.answered_by || "—", incident.answered_by ? "good" : "quiet"),
  ])));
  rows("ages", state.ages.map((age) => {
    const old = age.age_s === null || age.age_s > state.stale_after_s + 10;
    return [cell(age.stream), cell(age.name),
      cell(age.age_s === null ? T().never : age.age_s.toFixed(1) + " s", old ? "red" : "good")];
  }));
}
function showEpisode(episode) {
  $("episode").textContent = !episode ? "" : [episode.structure, local(episode.onset_ns, zone),
    episode.final ? T().final : episode.closed_ns ? "– " + local(episode.closed_ns, zone) : T().open,
    episode.roof_to_base ? `${T().roofToBase} ${episode.roof_to_base.toPrecision(3)}` : ""].join("  ");
  rows("measures", (episode ? episode.nodes : []).map((node) => [
    cell(node.node), cell(node.pga_gal.toPrecision(3) + " gal"),
    cell(node.pgv_cms.toPrecision(3) + " cm/s"), cell(node.pgd_cm.toPrecision(3) + " cm"),
    cell(node.jma === null ? "—" : "JMA " + node.jma),
    cell(node.long_period_class === null ? "—" : `${T().longPeriod} ${node.long_period_class}`),
    cell(Math.floor(node.completeness * 100) + " %", node.completeness < 0.99 ? "amber" : "quiet"),
  ]));
  showInspection(episode && episode.inspection);
}
const PRIORITY_CLASS = {green: "good", yellow: "amber", red: "red"};
function showInspection(found) {
  if (!found) return $("inspection").replaceChildren();
  const head = document.createElement("span");
  head.className = PRIORITY_CLASS[found.priority] || "quiet";
  head.textContent = `${T().inspection}: ${T().priorities[found.priority]}`;
  const why = document.createElement("span");
  why.textContent = ` – ${found.reason}`;
  const hint = document.createElement("span");
  hint.className = "quiet";
  hint.textContent = T().inspectionHint;
  $("inspection").replaceChildren(head, why, hint);
}
function speed(wave) {
  if (wave.velocity_kms !== null) {
    const most = wave.at_most_kms === null ? "∞" : wave.at_most_kms.toPrecision(2);
    return `${wave.velocity_kms.toPrecision(2)} km/s (${wave.at_least_kms.toPrecision(2)}–${most}) → ${wave.azimuth_deg.toFixed(0)}° ± ${(2 * wave.azimuth_sigma_deg).toFixed(0)}°`;
  }
  return wave.at_least_kms === null ? "—" : `≥ ${wave.at_least_kms.toPrecision(2)} km/s`;
}
function showRegions(regions) {
  rows("regions", regions.map((region) => [
    cell(local(region.first_onset_ns, zone)),
    cell(region.structures.map((one) => one.structure).join(", ")), cell(speed(region.wave)),
    cell(region.closed_ns ? local(region.closed_ns, zone) : T().open),
  ]));
}
function answerButton(code) {
  const td = cell("");
  const button = document.createElement("button");
  button.textContent = `${T().answer} ${code}`;
  button.addEventListener("click", async () => {
    const by = window.prompt(T().whoAreYou);
    if (!by) return;
    const answer = await fetch("/api/ack", {method: "POST", body: JSON.stringify({code, by})});
    const told = await answer.json();
    window.alert(told.said || told.error);
  });
  td.append(button);
  return td;
}
async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}
async function refresh() {
  try {
    const state = await ask("/api/now");
    zone = state.structures[0].timezone;
    $("clock").textContent = local(state.now_ns, state.structures[0].timezone) + " " + state.structures[0].timezone;
    document.body.classList.remove("lost");
    showVerdicts(state);
    showTables(state);
    showEpisode(state.episode);
    showMovements(state.moved);
    showLevels(state.levels);
    showRegions(state.regions);
    const waves = await ask("/api/waves?after=" + after);
    for (const [key, points] of Object.entries(waves)) {
      if (!points.t.length) continue;
      views[key] = views[key] || envelopeChart($("waves"), key, points.name, points.axes);
      extend(views[key], points);
    }
    after = Math.min(...Object.values(views).map((view) => view.t[view.t.length - 1]));
    if (!isFinite(after)) after = 0;
    tiltChart($("tilt"), await ask("/api/tilt"), state.limits_urad);
  } catch (error) {
    document.body.classList.add("lost");
    $("clock").textContent = T().lost;
  }
  setTimeout(refresh, 1000);
}
function speak(chosen) {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
  document.querySelectorAll("[data-text]").forEach((el) => { el.textContent = T()[el.dataset.text]; });
}
$("languages").addEventListener("click", (event) => event.target.dataset.language && speak(event.target.dataset.language));
speak(language);
refresh();
