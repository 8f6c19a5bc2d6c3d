const data = JSON.parse(document.getElementById("data").textContent);
const root = document.documentElement;
let language, W;

/* Small helpers. Texts of the run only ever become text nodes. */
function add(parent, children) {
  for (const child of children.flat(Infinity)) if (child || child === 0) parent.append(child);
  return parent;
}
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "style") Object.assign(node.style, value); else node.setAttribute(key, value);
  }
  return add(node, children);
}
const num = (v) => typeof v === "number" && isFinite(v) ? v : null;
const exact = (v) => num(v) === null ? "–" : Math.round(v).toLocaleString("en-US");
const fixed = (v, digits) => num(v) === null ? "–" : v.toFixed(digits);
const percent = (v, digits = 0) => num(v) === null ? "–" : (100 * v).toFixed(digits) + "%";
function count(v) {
  if (num(v) === null) return "–";
  const units = ["", "k", "M", "G", "T"];
  let unit = 0;
  for (; Math.abs(v) >= 999.5 && unit < 4; unit++) v /= 1000;
  return (unit === 0 ? (Math.abs(v) < 10 ? String(+v.toPrecision(3)) : v.toFixed(0)) : v.toPrecision(3)) + units[unit];
}
const bytes = (v) => num(v) === null ? "–" : count(v).replace(/([kMGT]?)$/, " $1B");
const moment = (text) => new Date(text).toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "long", timeStyle: "short" });
const listed = (names, most) => names.slice(0, most).join(W.comma) + (names.length > most ? W.comma + "…" : "");
const shortMinutes = (v) => v < .1 ? "<0.1" : v < 9.95 ? String(+v.toFixed(1)) : v.toFixed(0);
/* "held_out" is the usual name of the split; others are shown as they are. */
const comparable = (b) => b.bytes === evaluation?.bytes;
const isHeldOut = (name) => /^held[ _-]?out$/i.test(name);
const splitName = (name) => isHeldOut(name) ? W.heldOut : name;
/* Words come as nested lists; ["b", text] is bold. */
const rich = (words) => words.map((w) => Array.isArray(w) ? (w[0] === "b" ? el("b", {}, w[1]) : rich(w)) : w || "");

function section(title, hint, ...children) {
  return el("section", {}, el("h2", {}, title), hint ? el("p", { class: "hint" }, hint) : el("p", { class: "hint" }), children);
}
function table(heads, rows, numeric = []) {
  const cell = (name, text, i) => el(name, numeric.includes(i) ? { class: "n" } : {}, text);
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, heads.map((head, i) => cell("th", head, i)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((text, i) => cell(i ? "td" : "th", text, i)))))));
}
function facts(rows) {
  return el("table", { class: "kv" }, el("tbody", {}, rows.filter((row) => row && row[1] !== "" && row[1] !== null && row[1] !== undefined)
    .map(([name, value]) => el("tr", {}, el("th", {}, name), el("td", {}, value)))));
}

/* The score to show: held out if there is such a split, on the baselines' bytes if there is such a score, the last of those. */
const evaluation = (() => {
  const prefer = (list, test) => list.some(test) ? list.filter(test) : list;
  const heldOut = prefer(data.evaluations, (e) => isHeldOut(e.split));
  return prefer(heldOut, (e) => data.baselines.some((b) => b.bytes === e.bytes)).at(-1);
})();
const parameters = data.actual.parameters ?? data.plan?.parameters;

function head() {
  const a = data.actual, m = data.run?.machine;
  const nodes = [el("h1", {}, data.began ? W.title : W.untitled)];
  if (num(a.tokens) !== null) {
    const words = [W.lead({
      minutes: num(a.minutes) === null ? null : W.minute(shortMinutes(a.minutes)),
      machine: m && (m.device === "cpu" ? W.onCores(m.cores) : W.onDevice(m.device)),
      parameters: count(parameters), tokens: count(a.tokens), sources: data.corpus && listed(data.corpus.sources.map((s) => s.split(/[\\/]/).filter(Boolean).at(-1) || s), 3)
    })];
    if (evaluation && num(evaluation.bits_per_byte) !== null) {
      words.push(W.needs(fixed(evaluation.bits_per_byte, 2)),
        data.baselines.filter(comparable).map((b, i) => [i ? W.and : W.so, W.than(b.name, fixed(b.baseline_bits_per_byte, 2))]), W.end);
    }
    nodes.push(el("p", { class: "lead" }, rich(words)));
  }
  if (data.began) {
    nodes.push(el("p", { class: "facts" },
      el("span", { class: a.reason ? "pill" : "pill open" }, a.reason ? W.reasons[a.reason] || a.reason : W.open),
      el("span", {}, moment(data.began)), data.run && el("span", {}, W.seed + " " + data.run.seed), data.run && el("code", {}, data.run.command)));
  }
  const tiles = [
    evaluation && [fixed(evaluation.bits_per_byte, 3), W.bpb], num(parameters) !== null && [count(parameters), W.parameters], num(a.tokens) !== null && [count(a.tokens), W.tokens],
    num(a.minutes) !== null && [fixed(a.minutes, 1), W.took], num(a.tokens_per_second) !== null && [count(a.tokens_per_second), W.speed], a.roof_share > 0 && [percent(a.roof_share), W.roof]
  ].filter(Boolean);
  if (tiles.length) {
    const box = el("div", { class: "tiles" }, tiles.map(([value, name], i) =>
      el("div", { class: !i && evaluation ? "tile first" : "tile" }, el("div", { class: "value" }, value), el("div", { class: "name" }, name))));
    box.style.setProperty("--n", tiles.length);
    nodes.push(box);
  }
  return nodes;
}

function sample(s, early) {
  return el("figure", { class: early ? "sample early" : "sample" }, el("figcaption", {}, W.atStep(exact(s.step))),
    el("div", { class: "text" }, s.prompt && el("span", { class: "prompt" }, s.prompt), s.text.replace(/\s+$/, "")));
}
function writing() {
  if (!data.samples.length) return null;
  const last = data.samples.at(-1).step;
  const early = data.samples.filter((s) => s.step !== last);
  return section(W.writes, W.writesHint, el("div", { class: "samples" }, data.samples.filter((s) => s.step === last).map((s) => sample(s, false))),
    early.length > 0 && [el("h3", { style: { marginTop: "26px" } }, W.early), el("div", { class: "samples" }, early.slice(-6).map((s) => sample(s, true)))]);
}

function quality() {
  const ours = num(evaluation?.bits_per_byte);
  const rows = data.baselines.map((b) => ({ name: b.name, value: num(b.baseline_bits_per_byte), comparable: comparable(b) }));
  if (ours !== null) rows.push({ name: W.model, value: ours, ours: true });
  const shown = rows.filter((r) => r.value !== null).sort((a, b) => a.value - b.value);
  if (!shown.length) return null;
  const most = Math.max(...shown.map((r) => r.value));
  const scored = evaluation?.bytes ?? data.baselines[0]?.bytes;
  const other = data.baselines.find((b) => !comparable(b));
  const gap = (r) => {
    if (!r.comparable || ours === null) return null;
    const d = r.value - ours, text = [fixed(Math.abs(d), 3), percent(Math.abs(d) / r.value, 1)];
    if (Math.abs(d) < 5e-4) return el("span", { class: "gap" }, W.even);
    return d > 0 ? el("span", { class: "gap good" }, W.ahead(...text)) : el("span", { class: "gap bad" }, W.behind(...text));
  };
  return section(W.quality, num(scored) !== null ? W.qualityHint(bytes(scored)) : W.qualityOpen,
    el("div", { class: "card bars" }, shown.map((r) => el("div", { class: r.ours ? "bar ours" : "bar" },
      el("div", { class: "name" }, r.name),
      el("div", { class: "track" }, el("div", { class: "fill", style: { width: (100 * r.value / most) + "%" } })),
      el("div", { class: "right" }, el("span", { class: "figure" }, fixed(r.value, 3)), gap(r)))),
      evaluation && other && el("div", { class: "rule" }, W.otherBytes(bytes(evaluation.bytes), exact(evaluation.step), bytes(other.bytes)))));
}

/* What was said of examples, beside what is true. */
function judged() {
  const all = data.judgements, guess = data.guesses.at(-1);
  if (!all.length) return guess ? section(W.guessed, W.guessedHint(percent(guess.accuracy, 2), exact(guess.hidden), fixed(guess.loss, 3))) : null;
  const score = (name, e) => [name, percent(e.accuracy, 2), fixed(e.macro_f1, 4), exact(e.examples)];
  const last = [...new Map(all.map((e) => [e.split, e])).values()];
  const matrix = (c) => el("div", {}, el("h3", {}, W.confusion(c.split)), table([W.trueGiven, ...c.labels],
    c.labels.map((label, i) => [label, ...c.counts[i].map((n, j) => i === j ? el("b", {}, exact(n)) : exact(n))]), c.labels.map((_, i) => i + 1)));
  return section(W.judged, W.judgedHint, table([W.name, W.accuracy, "F1", W.examples],
    [...last.map((e) => score(W.model + ", " + e.split, e)), ...data.judged_baselines.map((b) => score(b.name + ", " + b.split, b))], [1, 2, 3]),
    data.confusions.map(matrix),
    data.mistakes.length > 0 && [el("h3", {}, W.mistakes), table([W.expected, W.given, W.sure, W.text],
      data.mistakes.map((m) => [m.expected, m.given, percent(m.probability, 1), m.text]), [2])]);
}

/* Charts. They take their colours from the style sheet, and are drawn anew when it changes. */
let plots = [];
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const nice = (_, values) => values.map((v) => v === null ? "" : v !== 0 && Math.abs(v) < 1e-3 ? v.toExponential() : count(v));
const whole = [...Array(12).keys()].flatMap((power) => [1, 2, 5].map((v) => v * 10 ** power));
function marks(u) {
  const context = u.ctx, ratio = devicePixelRatio || 1;
  context.save();
  context.font = 11 * ratio + "px " + colour("--sans");
  for (const [steps, word] of [[data.decays, W.decay], [data.resumes, W.resumed]]) {
    for (const step of steps) {
      if (step < u.scales.x.min || step > u.scales.x.max) continue;
      const x = Math.round(u.valToPos(step, "x", true));
      context.strokeStyle = context.fillStyle = colour("--soft");
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.beginPath(); context.moveTo(x, u.bbox.top); context.lineTo(x, u.bbox.top + u.bbox.height); context.stroke();
      const right = x + 60 * ratio < u.bbox.left + u.bbox.width;
      context.textAlign = right ? "left" : "right";
      context.fillText(word, x + (right ? 5 : -5) * ratio, u.bbox.top + 12 * ratio);
    }
  }
  context.restore();
}
function plot(box, height, values, series, scale, bands) {
  const axis = { stroke: colour("--soft"), font: "12px " + colour("--sans"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1, size: 5 } };
  const target = el("div", { class: "plot" });
  box.append(target);
  const u = new uPlot({
    width: Math.max(200, box.clientWidth - parseFloat(getComputedStyle(box).paddingLeft) * 2), height, bands,
    series: [{ label: W.step, value: (_, v) => v === null ? "–" : exact(v) }, ...series],
    scales: { x: { time: false }, y: scale || {} },
    axes: [{ ...axis, values: (_, v) => v.map((x) => x === null ? "" : exact(x)), space: 70, size: 34, incrs: whole }, { ...axis, values: nice, size: 56 }],
    cursor: { points: { size: 7 } }, hooks: { draw: [marks] }, legend: { live: true }
  }, values, target);
  plots.push({ u, box, height });
}
/* Mean over a window around each point, narrower towards both ends so that no lag shows. */
function smooth(values, span) {
  return values.map((v, i) => {
    const half = Math.min(span, i, values.length - 1 - i);
    const near = values.slice(i - half, i + half + 1).filter((x) => x !== null);
    return near.length ? near.reduce((sum, x) => sum + x, 0) / near.length : null;
  });
}
const line = (label, stroke, width, digits) => ({ label, stroke, width, points: { show: false }, spanGaps: true, value: (_, v) => v === null || v === undefined ? "–" : digits ? fixed(v, digits) : count(v) });
function lossChart(box) {
  const c = data.curve, splits = new Map();
  const bytes = new Map();
  /* Judgements while the run goes on have a loss as evaluations have. */
  for (const e of [...data.evaluations, ...data.judgements.map((j) => ({ ...j, bytes: j.examples })), ...data.guesses.map((g) => ({ ...g, bytes: g.hidden }))]) {
    if (!splits.has(e.split)) splits.set(e.split, new Map());
    if (!bytes.has(e.split)) bytes.set(e.split, e.bytes);
    /* A curve is of one text: the last score, of more of it, has its place beside the baselines. */
    if (bytes.get(e.split) === e.bytes) splits.get(e.split).set(e.step, num(e.loss));
  }
  const x = [...new Set([...c.step, ...[...splits.values()].flatMap((s) => [...s.keys()])])].sort((a, b) => a - b);
  const at = new Map(c.step.map((step, i) => [step, i]));
  const spread = (values) => x.map((step) => at.has(step) ? values[at.get(step)] : null);
  const train = c.loss.map(num);
  const each = c.low.some((v, i) => num(v) !== num(c.high[i]));
  const values = [x, spread(c.high.map(num)), spread(c.low.map(num)), spread(smooth(train, Math.min(12, Math.floor(train.length / 30))))];
  const faint = { ...line("", each ? "transparent" : colour("--band"), 1.5, 3), class: "quiet" };
  const series = [faint, { ...faint, show: each }, line(W.train, colour("--blue"), 2, 3)];
  [...splits].forEach(([name, points], i) => {
    const stroke = colour(["--accent", "--green", "--stone"][i % 3]);
    values.push(x.map((step) => points.get(step) ?? null));
    series.push({ ...line(splitName(name), stroke, 2, 3), points: { show: points.size < 60, size: 6, fill: stroke } });
  });
  /* The first steps of a run are so much worse that they would flatten the rest: the scale leaves out the top twentieth. */
  const sorted = train.filter((v) => v !== null).sort((a, b) => a - b);
  const all = [...splits.values()].flatMap((s) => [...s.values()]).filter((v) => v !== null);
  const top = Math.max(sorted[Math.floor(sorted.length * .97)] ?? 1, ...all), low = Math.min(sorted[0] ?? 0, ...all);
  const scale = { range: (u, min, max) => u.scales.x.min > x[0] || sorted.length < 40 ? uPlot.rangeNum(min ?? 0, max ?? 1, .1, true) : [low - (top - low) * .06, top + (top - low) * .1] };
  plot(box, 320, values, series, scale, each ? [{ series: [1, 2], fill: colour("--band") }] : undefined);
}
function drawCharts() {
  const seen = plots;
  plots = [];
  seen.forEach(({ u }) => { u.root.parentNode.remove(); u.destroy(); });
  const c = data.curve, zero = { range: (_, min, max) => [0, (max || 1) * 1.12] };
  const boxes = { loss: lossChart,
    rate: (box) => plot(box, 210, [c.step, c.rate.map(num)], [line(W.rate, colour("--green"), 2, 6)], zero),
    speed: (box) => plot(box, 210, [c.step, c.speed.map(num)], [line(W.speedChart, colour("--blue"), 1.5)], zero) };
  for (const [name, draw] of Object.entries(boxes)) {
    const box = document.getElementById("chart-" + name);
    if (box) draw(box);
  }
}
function curves() {
  if (!data.curve.step.length) return section(W.curves, W.noCurve);
  const chart = (name, title, wide) => el("div", { class: "card chart" + (wide ? " wide" : ""), id: "chart-" + name }, el("h3", {}, title));
  return section(W.curves, W.curvesHint, el("div", { class: "pair" }, chart("loss", W.loss, true), chart("rate", W.rate), chart("speed", W.speedChart)));
}

function plan() {
  const p = data.plan, a = data.actual;
  if (!p) return null;
  const row = (name, planned, actual, show) => {
    const share = num(actual) === null || !planned ? null : actual / planned;
    const most = Math.max(1, share ?? 0);
    return [name, show(planned), num(actual) === null ? "–" : show(actual), share === null ? "–" : el("div", { class: "ratio" }, percent(share, Math.abs(share - 1) < .1 && share !== 1 ? 1 : 0),
      el("div", { class: "track" }, el("div", { class: "fill", style: { width: 100 * share / most + "%" } }), el("div", { class: "mark", style: { left: "calc(" + 100 / most + "% - 2px)" } })))];
  };
  return section(W.plan, W.asked + (language === "zh" ? "：" : ": ") + W.minute(shortMinutes(p.minutes)),
    el("div", { class: "card" }, table(["", W.planned, W.actual, W.share], [
      row(W.parameters, p.parameters, a.parameters, exact), row(W.tokens, p.tokens, a.tokens, exact), row(W.steps, p.steps, a.steps, exact), row(W.time, p.expected_minutes, a.minutes, (v) => fixed(v, 1))], [1, 2]),
      el("div", { class: "rule" }, W.shapeText(p), " · ", W.vocabulary + " " + exact(p.vocabulary), " · ", W.perStep + " " + exact(p.tokens_per_step), p.rule && [el("br"), W.rule + (language === "zh" ? "：" : ": "), p.rule])));
}

function origin() {
  const c = data.corpus, t = data.tokenizer, k = data.calibration, m = data.run?.machine;
  const from = facts([
    c && [W.corpus, listed(c.sources, 20)], c && [W.documents, exact(c.documents)], c && [W.read, bytes(c.bytes) + (num(c.share) !== null ? (language === "zh" ? "，" : ", ") + W.ofAll(percent(c.share, c.share < .1 ? 1 : 0)) : "")],
    c && [W.training, bytes(c.training_bytes)], c && [W.held, bytes(c.held_out_bytes)], c && [W.split, c.split], t && [W.tokenizer, W.tokenizerText(t.kind, exact(t.vocabulary), fixed(t.bytes_per_token, 2))],
    data.network && [W.shape, data.network.family]]);
  const where = facts([
    m && [W.processor, m.cpu + (language === "zh" ? "，" : ", ") + W.cores(m.cores)], m && m.memory_bytes > 0 && [W.memory, bytes(m.memory_bytes)], m && [W.system, m.os + ", " + m.arch], m && [W.engine, m.engine], m && [W.device, m.device],
    k && [W.compute, k.compute], k && [W.rates, Object.entries(k.rates).map(([name, v]) => name + " " + count(v) + " tok/s").join(", ")], k && [W.matmul, count(k.matmul_roof).replace(/([kMGT]?)$/, " $1FLOP/s")],
    m && [W.jvm, m.java], data.run && [W.version, data.run.version], data.run && [W.seed, String(data.run.seed)], data.actual.processes > 1 && [W.processes, String(data.actual.processes)]]);
  const has = (node) => node.querySelector("td");
  if (!has(from) && !has(where)) return null;
  return el("section", { class: "pair" }, el("div", {}, el("h2", {}, W.from), from), el("div", {}, el("h2", {}, W.where), where));
}

function fold(title, size, body, open) {
  return size ? el("details", open ? { open: "" } : {}, el("summary", {}, title, el("span", { class: "count" }, size === true ? "" : size)), body) : null;
}
function rest() {
  const clock = (text) => el("span", {}, text.replace("T", " ").replace(/\.\d+Z|Z$/, ""));
  return el("section", {},
    fold(W.recipe, Boolean(data.recipe), el("pre", {}, data.recipe || ""), true),
    fold(W.notes, data.notes.length, table([W.level, W.message], data.notes.map((n) => [el("span", { class: n.level === "warning" ? "warning" : "" }, W[n.level] || n.level), n.message])), true),
    fold(W.skipped, data.skipped.length && W.last(data.skipped.length, data.skipped_in_all), table([W.file, W.reason], data.skipped.map((s) => [s.file, s.reason])), data.skipped.length <= 20),
    fold(W.evaluations, data.evaluations.length, table([W.step, W.name, W.lossName, W.bits, W.bytes], data.evaluations.slice(-200).map((e) => [exact(e.step), splitName(e.split), fixed(e.loss, 4), fixed(e.bits_per_byte, 4), exact(e.bytes)]), [2, 3, 4])),
    fold(W.checkpoints, data.checkpoints.length && W.last(data.checkpoints.length, data.checkpoints_in_all), table([W.step, W.path, ""], data.checkpoints.map((c) => [exact(c.step), c.path, W.seconds(fixed(c.seconds, 2))]), [2])),
    fold(W.others, data.others.length, table([W.when, W.event], data.others.map((o) => [clock(o.time), el("code", {}, o.text)]))),
    fold(W.unreadable, data.unreadable.length, el("ul", {}, data.unreadable.map((text) => el("li", {}, text))), true));
}

function show() {
  W = WORDS[language];
  root.lang = language === "zh" ? "zh-CN" : "en";
  document.title = W.title + " · Inkstone";
  document.querySelectorAll("[data-language]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.language === language)));
  const main = document.getElementById("top");
  main.replaceChildren();
  add(main, [head(), writing(), quality(), judged(), curves(), plan(), origin(), rest()]);
  document.getElementById("foot").textContent = W.foot;
  drawCharts();
}
function choose() {
  const hash = location.hash.slice(1);
  language = WORDS[hash] ? hash : language || ((navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en");
  show();
}
document.querySelectorAll("[data-language]").forEach((b) => b.addEventListener("click", () => {
  if (location.hash === "#" + b.dataset.language) return;
  history.replaceState(null, "", "#" + b.dataset.language);
  choose();
}));
addEventListener("hashchange", choose);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
addEventListener("beforeprint", () => { root.classList.add("printing"); drawCharts(); });
addEventListener("afterprint", () => { root.classList.remove("printing"); drawCharts(); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawCharts(); } });
choose();
