// The map: shared outlines drawn on a canvas in nine classes, with pan, zoom, keys and detail.
"use strict";

const CLASS_COLOURS = [
  "#f2f1ec", "#a8cbe6", "#3f8ecb", "#f6c7a6", "#a89aa5", "#4a6691", "#d9662b", "#8b4548", "#2b2338",
];
const NO_FIGURE = "#ffffff";
const INK = "#16202b", TARGET = "#b0006e", FOCUS = "#ffc91f";
const PADDING = 14; // pixels around the whole map

/** Read whole numbers written seven bits a byte. */
function* wholeNumbers(base64) {
  const bytes = atob(base64);
  let number = 0, scale = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    number += (byte & 127) * scale;
    if (byte & 128) { scale *= 128; continue; }
    yield number;
    number = 0; scale = 1;
  }
}
const signed = (n) => (n % 2 ? -(n + 1) / 2 : n / 2);

/** Unpack arcs (points on a grid) and, for each area, its rings of arcs. */
function unpackOutlines(map) {
  const numbers = wholeNumbers(map.outline), next = () => numbers.next().value;
  const arcs = [];
  for (let a = 0; a < map.arcs; a++) {
    const points = new Int32Array(2 * next());
    let x = 0, y = 0;
    for (let i = 0; i < points.length; i += 2) {
      points[i] = x += signed(next());
      points[i + 1] = y += signed(next());
    }
    arcs.push(points);
  }
  const areas = map.rows.map(() => {
    const rings = [];
    for (let r = next(); r > 0; r--) {
      const ring = [];
      for (let n = next(), last = 0; n > 0; n--) ring.push(signed((last += signed(next()))));
      rings.push(ring);
    }
    return rings;
  });
  return { arcs, areas };
}

/** Where an area lies: its box, and the middle of its largest ring. */
function placeArea(rings, arcs) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  let best = 0, middle = [0, 0];
  for (const ring of rings) {
    let twice = 0, mx = 0, my = 0, px, py;
    eachPoint(ring, arcs, (x, y) => {
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
      if (px !== undefined) {
        const cross = px * y - x * py;
        twice += cross; mx += (px + x) * cross; my += (py + y) * cross;
      }
      px = x; py = y;
    });
    if (Math.abs(twice) > best) { best = Math.abs(twice); middle = [mx / (3 * twice), my / (3 * twice)]; }
  }
  if (!best) middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return { box, middle, size: best };
}

function eachPoint(ring, arcs, visit) {
  for (const signedArc of ring) {
    const backwards = signedArc < 0, points = arcs[backwards ? ~signedArc : signedArc];
    const count = points.length / 2;
    for (let i = 0; i < count; i++) {
      const at = 2 * (backwards ? count - 1 - i : i);
      visit(points[at], points[at + 1]);
    }
  }
}

/** Leave out points nearer to the last than a pixel shows; the ends of an arc always stay. */
function thinned(points, least) {
  const kept = [points[0], points[1]];
  let x = points[0], y = points[1];
  for (let i = 2; i < points.length - 2; i += 2) {
    const dx = points[i] - x, dy = points[i + 1] - y;
    if (dx * dx + dy * dy >= least * least) kept.push((x = points[i]), (y = points[i + 1]));
  }
  kept.push(points[points.length - 2], points[points.length - 1]);
  return kept;
}

class AreaMap {
  constructor(root, spec, table, targets) {
    Object.assign(this, { root, spec, table, targets });
    this.stage = root.querySelector(".stage");
    this.canvas = root.querySelector("canvas");
    this.float = root.querySelector(".float");
    this.detail = root.querySelector(".detail");
    this.emptyDetail = [...this.detail.childNodes];
    this.pen = this.canvas.getContext("2d");
    this.probe = document.createElement("canvas").getContext("2d");
    this.levels = new Map();
    this.chosen = this.pointed = -1;
    this.onChoose = () => {};
    this.readAreas();
    this.view = { scale: 1, x: 0, y: 0 };
    this.listen();
    this.fillLists();
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.resize();
  }

  // What is drawn --------------------------------------------------------------------------------

  readAreas() {
    const { arcs, areas } = unpackOutlines(this.spec);
    const { spec, table } = this;
    this.arcs = arcs;
    this.sides = arcs.map(() => []);
    this.areas = areas.map((rings, i) => {
      for (const ring of rings) for (const arc of ring) this.sides[arc < 0 ? ~arc : arc].push(i);
      const row = spec.rows[i];
      const area = { rings, row, rank: null, cluster: null, ...placeArea(rings, arcs) };
      if (row >= 0) {
        const down = spec.order.indexOf(table.value(row, spec.row));
        const across = spec.order.indexOf(table.value(row, spec.column));
        area.class = down >= 0 && across >= 0 ? 3 * down + across : -1;
        const stable = spec.stable ? table.value(row, spec.stable) : null;
        area.shaky = area.class >= 0 && stable !== null && stable < spec.steady;
        area.district = spec.district ? table.value(row, spec.district) : null;
      } else area.class = -1;
      return area;
    });
    this.areaOfRow = new Map(this.areas.map((area, i) => [area.row, i]));
    this.readTargets();
    const different = (of) => this.arcsWhere((a, b) => of(a) !== (b === undefined ? null : of(b)));
    this.borders = this.arcsWhere(() => true);
    this.districts = spec.district ? different((i) => this.areas[i].district ?? "") : [];
    const cluster = (i) => (this.areas[i].rank === null ? null : this.areas[i].cluster ?? "all");
    this.targetArcs = different(cluster).filter((arc) => this.sides[arc].some((i) => cluster(i) !== null));
    this.whole = this.areas.reduce((b, a) => joinBoxes(b, a.box), [Infinity, Infinity, -Infinity, -Infinity]);
  }

  readTargets() {
    if (!this.targets) return;
    const byCode = new Map();
    this.areas.forEach((area) => area.row >= 0 && byCode.set(this.table.value(area.row, this.spec.code), area));
    for (let row = 0; row < this.targets.length; row++) {
      const area = byCode.get(this.targets.value(row, this.spec.code));
      if (!area) continue;
      area.rank = this.targets.has("rank") ? this.targets.shown(row, "rank") : "";
      area.cluster = this.targets.has("cluster") ? this.targets.value(row, "cluster") : null;
      area.targetRow = row;
    }
  }

  arcsWhere(keep) {
    const found = [];
    this.sides.forEach(([a, b], arc) => a !== undefined && keep(a, b) && found.push(arc));
    return found;
  }

  /** Paths for one level of detail: made when first drawn, and kept. */
  level() {
    const least = 0.6 / this.view.scale;
    const power = Math.max(0, Math.floor(Math.log2(Math.max(least, 1))));
    if (!this.levels.has(power)) {
      const arcs = power ? this.arcs.map((points) => thinned(points, 2 ** power)) : this.arcs;
      this.levels.set(power, { arcs, fills: [], strokes: new Map() });
    }
    return this.levels.get(power);
  }

  fillPath(level, i) {
    if (level.fills[i]) return level.fills[i];
    const path = new Path2D();
    for (const ring of this.areas[i].rings) {
      let first = true;
      eachPoint(ring, level.arcs, (x, y) => { first ? path.moveTo(x, y) : path.lineTo(x, y); first = false; });
      path.closePath();
    }
    return (level.fills[i] = path);
  }

  strokePath(level, name, arcs) {
    if (!level.strokes.has(name)) {
      const path = new Path2D();
      for (const arc of arcs) {
        const points = level.arcs[arc];
        path.moveTo(points[0], points[1]);
        for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
      }
      level.strokes.set(name, path);
    }
    return level.strokes.get(name);
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    const { pen, view, ratio } = this, level = this.level(), started = performance.now();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#e9edf0";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const k = view.scale * ratio;
    pen.setTransform(k, 0, 0, k, view.x * ratio, view.y * ratio);
    pen.lineJoin = "round";
    const stripes = this.stripes(k);
    const seen = [];
    this.areas.forEach((area, i) => this.inView(area.box) && seen.push(i));
    for (const i of seen) {
      const area = this.areas[i], path = this.fillPath(level, i);
      pen.fillStyle = area.class < 0 ? NO_FIGURE : CLASS_COLOURS[area.class];
      pen.fill(path, "evenodd");
      if (area.shaky) { pen.fillStyle = stripes; pen.fill(path, "evenodd"); }
    }
    const line = (path, colour, width) => { pen.strokeStyle = colour; pen.lineWidth = width / view.scale; pen.stroke(path); };
    line(this.strokePath(level, "borders", this.borders), "rgba(22,32,43,.3)", seen.length > 400 ? 0.4 : 0.8);
    line(this.strokePath(level, "districts", this.districts), "rgba(22,32,43,.7)", 1.1);
    const targets = this.strokePath(level, "targets", this.targetArcs);
    line(targets, "#ffffff", 5);
    line(targets, TARGET, 2.4);
    if (this.pointed >= 0 && this.pointed !== this.chosen) line(this.fillPath(level, this.pointed), INK, 2);
    if (this.chosen >= 0) {
      line(this.fillPath(level, this.chosen), INK, 6);
      line(this.fillPath(level, this.chosen), FOCUS, 3);
    }
    this.write(seen);
    this.drawTime = performance.now() - started;
  }

  /** Stripes that show a class which could easily be another: paler, and hatched. */
  stripes(k) {
    if (!this.tile) {
      this.tile = document.createElement("canvas");
      this.tile.width = this.tile.height = 12;
      const pen = this.tile.getContext("2d");
      pen.fillStyle = "rgba(233,237,240,.3)";
      pen.fillRect(0, 0, 12, 12);
      pen.strokeStyle = "rgba(255,255,255,.9)";
      pen.lineWidth = 1.8;
      for (const o of [-12, 0, 12]) { pen.moveTo(o, 12); pen.lineTo(o + 12, 0); }
      pen.stroke();
    }
    const pattern = this.pen.createPattern(this.tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(this.ratio / 1.5 / k));
    return pattern;
  }

  /** Names: of districts, and of areas once few enough are in view; none over another. */
  write(seen) {
    const { pen, view, ratio } = this, taken = [];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const put = (text, [gx, gy], font) => {
      const x = gx * view.scale + view.x, y = gy * view.scale + view.y;
      pen.font = font;
      const half = pen.measureText(text).width / 2 + 4;
      const box = [x - half, y - 9, x + half, y + 9];
      if (box[0] < 0 || box[2] > this.width || box[1] < 0 || box[3] > this.height) return;
      if (taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) return;
      taken.push(box);
      pen.lineWidth = 3.5;
      pen.strokeStyle = "rgba(255,255,255,.92)";
      pen.strokeText(text, x, y);
      pen.fillStyle = INK;
      pen.fillText(text, x, y);
    };
    const sans = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
    if (seen.length <= 40) for (const i of seen) put(this.nameOf(i), this.areas[i].middle, `12px ${sans}`);
    else for (const [name, place] of this.districtPlaces) put(name, place.middle, `600 13px ${sans}`);
  }

  // Where we look --------------------------------------------------------------------------------

  resize() {
    const box = this.stage.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const kept = this.width && this.fitted !== this.view.scale ? this.centre() : null;
    this.width = box.width; this.height = box.height;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.sizeCanvas();
    if (kept) this.lookAt(kept, this.view.scale); else this.fit(this.whole);
  }

  sizeCanvas() {
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.redraw();
  }

  fit(box) {
    const wide = Math.max(box[2] - box[0], 1), high = Math.max(box[3] - box[1], 1);
    const scale = Math.min((this.width - 2 * PADDING) / wide, (this.height - 2 * PADDING) / high);
    if (box === this.whole) this.fitted = scale;
    this.lookAt([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], scale);
  }

  lookAt([x, y], scale) {
    scale = Math.min(Math.max(scale, this.fitted * 0.7), Math.max(this.fitted * 300, 1));
    this.view = { scale, x: this.width / 2 - x * scale, y: this.height / 2 - y * scale };
    this.redraw();
  }

  centre() { return this.toGrid(this.width / 2, this.height / 2); }
  toGrid(x, y) { return [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale]; }
  pan(dx, dy) { this.view.x += dx; this.view.y += dy; this.redraw(); }

  zoom(by, at = [this.width / 2, this.height / 2]) {
    const [gx, gy] = this.toGrid(...at);
    const scale = Math.min(Math.max(this.view.scale * by, this.fitted * 0.7), Math.max(this.fitted * 300, 1));
    this.view = { scale, x: at[0] - gx * scale, y: at[1] - gy * scale };
    this.redraw();
  }

  inView(box) {
    const [x1, y1] = this.toGrid(0, 0), [x2, y2] = this.toGrid(this.width, this.height);
    return box[0] <= x2 && box[2] >= x1 && box[1] <= y2 && box[3] >= y1;
  }

  // Which area -----------------------------------------------------------------------------------

  at(x, y) {
    const [gx, gy] = this.toGrid(x, y), level = this.level();
    return this.areas.findIndex(({ box }, i) =>
      box[0] <= gx && box[2] >= gx && box[1] <= gy && box[3] >= gy &&
      this.probe.isPointInPath(this.fillPath(level, i), gx, gy, "evenodd"));
  }

  nameOf(i) {
    const { row } = this.areas[i];
    if (row < 0) return "An area outside the study";
    return this.table.value(row, this.spec.name) ?? this.table.value(row, this.spec.code);
  }

  choose(i, { tell = true, look = true } = {}) {
    this.chosen = i;
    if (i >= 0 && look) this.bringIntoView(this.areas[i]);
    this.describe(i);
    this.redraw();
    if (tell && i >= 0) this.onChoose(this.areas[i]);
  }

  chooseRow(row, options) {
    const i = this.areaOfRow.get(row);
    if (i === undefined) return false;
    this.choose(i, options);
    return true;
  }

  bringIntoView({ box, middle }) {
    const [left, top] = this.toGrid(20, 20), [right, bottom] = this.toGrid(this.width - 20, this.height - 20);
    const inside = middle[0] > left && middle[0] < right && middle[1] > top && middle[1] < bottom;
    const small = Math.max(box[2] - box[0], box[3] - box[1]) * this.view.scale < 14;
    if (small) {
      const scale = 60 / Math.max(box[2] - box[0], box[3] - box[1], 1);
      this.lookAt(middle, Math.min(scale, this.view.scale * 8));
    } else if (!inside) this.lookAt(middle, this.view.scale);
  }

  /** The next area in a direction: a neighbour if one lies that way, else the nearest that does. */
  step(dx, dy) {
    if (this.chosen < 0) {
      const [x, y] = this.centre();
      const far = (a) => (a.middle[0] - x) ** 2 + (a.middle[1] - y) ** 2;
      return this.choose(this.areas.reduce((best, a, i) => (far(a) < far(this.areas[best]) ? i : best), 0));
    }
    const here = this.areas[this.chosen].middle;
    const along = (i) => {
      const vx = this.areas[i].middle[0] - here[0], vy = this.areas[i].middle[1] - here[1];
      const length = Math.hypot(vx, vy) || 1;
      return { length, cosine: (vx * dx + vy * dy) / length };
    };
    const neighbours = new Set();
    for (const sides of this.sides) if (sides.includes(this.chosen)) sides.forEach((i) => neighbours.add(i));
    neighbours.delete(this.chosen);
    let best = -1, most = 0.35;
    for (const i of neighbours) { const { cosine } = along(i); if (cosine > most) { most = cosine; best = i; } }
    if (best < 0) {
      let least = Infinity;
      this.areas.forEach((_, i) => {
        const { length, cosine } = along(i);
        if (i !== this.chosen && cosine > 0.5 && length / cosine < least) { least = length / cosine; best = i; }
      });
    }
    if (best >= 0) this.choose(best);
  }

  /** Show one area's figures: those of its row in the table. */
  describe(i) {
    this.detail.replaceChildren();
    if (i < 0) { this.detail.append(...this.emptyDetail); return; }
    const area = this.areas[i], { spec, table } = this;
    const add = (name, text, kind = "") => {
      const made = document.createElement(name);
      made.textContent = text; made.className = kind;
      this.detail.append(made);
      return made;
    };
    add("p", this.nameOf(i), "detail-name");
    if (area.row < 0) return;
    const where = [area.district, table.shown(area.row, spec.code)].filter(Boolean);
    add("p", where.join(" · "), "small");
    const of = (column) => `${table.column(column).label.toLowerCase()} ${table.shown(area.row, column)}`;
    const said = area.class < 0 ? "No class: a figure is missing or held back" : `Class: ${of(spec.row)}, ${of(spec.column)}`;
    add("p", said, `detail-class ${area.class < 0 ? "none" : "c" + area.class}`);
    if (area.shaky) add("p", "This class could easily be another.", "small");
    if (area.rank !== null) add("p", area.rank ? `Proposed area, number ${area.rank}` : "Proposed area", "detail-target");
    const list = add("dl", "");
    for (const column of spec.detail) {
      const { label, unit } = table.column(column);
      const term = document.createElement("dt"), value = document.createElement("dd");
      term.textContent = unit ? `${label}, ${unit}` : label;
      value.textContent = table.shown(area.row, column);
      list.append(term, value);
    }
  }

  // What a reader does ---------------------------------------------------------------------------

  listen() {
    const fingers = new Map();
    let moved = 0, spread = 0;
    const place = (event) => {
      const box = this.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.stage.addEventListener("pointerdown", (event) => {
      this.stage.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, place(event));
      moved = 0; spread = 0;
    });
    this.stage.addEventListener("pointermove", (event) => {
      const now = place(event), before = fingers.get(event.pointerId);
      if (!before) return this.point(event.pointerType === "touch" ? null : now);
      fingers.set(event.pointerId, now);
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      if (fingers.size === 1) return this.pan(now[0] - before[0], now[1] - before[1]);
      const [a, b] = [...fingers.values()];
      const apart = Math.hypot(a[0] - b[0], a[1] - b[1]), middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      if (spread) this.zoom(apart / spread, middle);
      this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      spread = apart;
    });
    const lift = (event) => {
      const tapped = fingers.delete(event.pointerId) && moved < 6 && event.type === "pointerup";
      if (tapped) this.choose(this.at(...place(event)), { look: false });
      spread = 0;
    };
    this.stage.addEventListener("pointerup", lift);
    this.stage.addEventListener("pointercancel", lift);
    this.stage.addEventListener("pointerleave", () => this.point(null));
    this.stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== this.stage) return this.hint();
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), place(event));
    }, { passive: false });
    this.stage.addEventListener("keydown", (event) => this.key(event));
    const does = {
      in: () => this.zoom(1.6), out: () => this.zoom(1 / 1.6), all: () => this.fit(this.whole),
      left: () => this.pan(80, 0), right: () => this.pan(-80, 0), up: () => this.pan(0, 80), down: () => this.pan(0, -80),
    };
    for (const button of this.root.querySelectorAll("[data-do]"))
      button.addEventListener("click", does[button.dataset.do]);
    window.addEventListener("beforeprint", () => { this.ratio = 3; this.sizeCanvas(); this.draw(); });
    window.addEventListener("afterprint", () => this.resize());
  }

  point(at) {
    const i = at ? this.at(...at) : -1;
    if (at && i >= 0) this.floatAt(i, at); else this.float.hidden = true;
    if (i === this.pointed) return;
    this.pointed = i;
    this.describe(i >= 0 ? i : this.chosen);
    this.redraw();
  }

  floatAt(i, [x, y]) {
    this.float.textContent = this.nameOf(i);
    this.float.hidden = false;
    const left = Math.min(x + 14, this.width - this.float.offsetWidth - 4);
    this.float.style.transform = `translate(${Math.max(left, 4)}px, ${y + 18}px)`;
  }

  hint() {
    const hint = this.root.querySelector(".wheel-hint");
    hint.textContent = "Choose the map first, or hold Ctrl, to zoom with the wheel.";
    hint.hidden = false;
    clearTimeout(this.hinting);
    this.hinting = setTimeout(() => (hint.hidden = true), 1600);
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = arrows[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (way && event.shiftKey) this.pan(-60 * way[0], -60 * way[1]);
    else if (way) this.step(...way);
    else if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-" || event.key === "_") this.zoom(1 / 1.6);
    else if (event.key === "0" || event.key === "Home") this.fit(this.whole);
    else if (event.key === "Escape") this.choose(-1);
    else return;
    event.preventDefault();
  }

  fillLists() {
    this.districtPlaces = new Map();
    this.areas.forEach((area) => {
      if (!area.district) return;
      const place = this.districtPlaces.get(area.district) ?? { box: area.box, size: 0, middle: [0, 0] };
      const size = place.size + area.size, share = area.size / (size || 1);
      place.middle = place.middle.map((m, d) => m + (area.middle[d] - m) * share);
      place.box = joinBoxes(place.box, area.box);
      place.size = size;
      this.districtPlaces.set(area.district, place);
    });
    const find = this.root.querySelector(".find"), go = this.root.querySelector(".go");
    const options = document.createDocumentFragment(), byWord = new Map();
    this.areas.forEach((area, i) => {
      if (area.row < 0) return;
      const name = this.nameOf(i), code = this.table.shown(area.row, this.spec.code);
      byWord.set(name.toLowerCase(), i).set(code.toLowerCase(), i);
      const option = document.createElement("option");
      option.value = name; option.label = code;
      options.append(option);
    });
    this.root.querySelector("datalist").append(options);
    const look = () => {
      const word = find.value.trim().toLowerCase();
      if (!word) return;
      const i = byWord.get(word) ?? [...byWord].find(([known]) => known.includes(word))?.[1];
      find.setCustomValidity(i === undefined ? "No area has that name or code." : "");
      if (i === undefined) find.reportValidity(); else this.choose(i);
    };
    find.addEventListener("change", look);
    find.addEventListener("input", () => { find.setCustomValidity(""); if (byWord.has(find.value.toLowerCase())) look(); });
    for (const name of [...this.districtPlaces.keys()].sort()) go.append(new Option(name, name));
    go.closest("label").hidden = !this.districtPlaces.size;
    go.addEventListener("change", () => this.fit(this.districtPlaces.get(go.value)?.box ?? this.whole));
  }
}

function joinBoxes(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
