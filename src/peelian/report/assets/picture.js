// The picture of a map: where we look, and how areas, borders and names are drawn on a canvas.
const CLASS_COLOURS = [
  "#f2f1ec", "#a8cbe6", "#3f8ecb", "#f6c7a6", "#a89aa5", "#4a6691", "#d9662b", "#8b4548", "#2b2338",
];
// Halfway to the background: a class that could easily be another, where stripes are too fine.
const PALER = CLASS_COLOURS.map((colour) => {
  const halfway = (at, to) => Math.round((parseInt(colour.slice(at, at + 2), 16) + to) / 2);
  return `rgb(${halfway(1, 233)}, ${halfway(3, 237)}, ${halfway(5, 240)})`;
});
// No figure: dots on a grey that no class has, so that it cannot be taken for low and low.
const NO_FIGURE = { ground: "#c5ccd3", dot: "#5f6b76", apart: 5, radius: 1.4 };
const INK = "#16202b", PAPER = "#ffffff", SEA = "#e9edf0", TARGET = "#b0006e", FOCUS = "#ffc91f";
const SANS = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const EARTH = 40075017; // metres around the equator: the side of the web Mercator square
const PADDING = 14; // pixels around the whole map
const FINEST = 1.3; // pixels: nearer points of an outline are left out
const FEW = 40; // areas in view: from here on each is named
const MARGIN_AROUND = 128; // pixels painted beyond each side, so that a short move shows no edge
const REST = 140; // milliseconds without a move, after which the map is painted anew
const STRETCH = 4; // how far what is painted may be stretched or shrunk while the map moves

class MapPicture {
  constructor(canvas, areas) {
    Object.assign(this, { canvas, areas, chosen: -1, pointed: -1, levels: new Map() });
    this.pen = canvas.getContext("2d");
    this.probe = document.createElement("canvas").getContext("2d");
    this.painted = null; // areas and borders as last painted, and where we looked then
    this.view = { scale: 1, x: 0, y: 0 };
  }

  // Where we look --------------------------------------------------------------------------------

  resize(width, height, ratio) {
    const kept = this.width && this.fitted !== this.view.scale ? this.centre() : null;
    Object.assign(this, { width, height });
    this.sharpen(ratio);
    if (kept) this.lookAt(kept, this.view.scale); else this.fit(this.areas.whole);
  }

  sharpen(ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.redraw();
  }

  fit(box) {
    const wide = Math.max(box[2] - box[0], 1), high = Math.max(box[3] - box[1], 1);
    const scale = Math.min((this.width - 2 * PADDING) / wide, (this.height - 2 * PADDING) / high);
    if (box === this.areas.whole) this.fitted = scale;
    this.lookAt([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], scale);
  }

  /** Look somewhere else: what is painted there is no help. */
  lookAt(middle, scale) {
    this.elsewhere = true;
    this.zoomTo(scale, middle, [this.width / 2, this.height / 2]);
  }

  zoom(by, at = [this.width / 2, this.height / 2]) {
    this.zoomTo(this.view.scale * by, this.toGrid(...at), at);
  }

  /** Put a point of the grid at a place on the screen, at a scale within what makes sense. */
  zoomTo(wanted, [gx, gy], [x, y]) {
    const scale = Math.min(Math.max(wanted, this.fitted * 0.7), Math.max(this.fitted * 300, 1));
    this.view = { scale, x: x - gx * scale, y: y - gy * scale };
    this.redraw();
  }

  pan(dx, dy) { this.view.x += dx; this.view.y += dy; this.redraw(); }
  centre() { return this.toGrid(this.width / 2, this.height / 2); }
  toGrid(x, y) { return [(x - this.view.x) / this.view.scale, (y - this.view.y) / this.view.scale]; }

  inView(box, around = 0) {
    const [x1, y1] = this.toGrid(-around, -around);
    const [x2, y2] = this.toGrid(this.width + around, this.height + around);
    return box[0] <= x2 && box[2] >= x1 && box[1] <= y2 && box[3] >= y1;
  }

  bringIntoView({ box, middle }) {
    const [left, top] = this.toGrid(20, 20), [right, bottom] = this.toGrid(this.width - 20, this.height - 20);
    const inside = middle[0] > left && middle[0] < right && middle[1] > top && middle[1] < bottom;
    const size = Math.max(box[2] - box[0], box[3] - box[1], 1);
    if (size * this.view.scale < 14) this.lookAt(middle, Math.min(60 / size, this.view.scale * 8));
    else if (!inside) this.lookAt(middle, this.view.scale);
  }

  /** Which area is at a place on the screen; -1 for none. */
  at(x, y) {
    const [gx, gy] = this.toGrid(x, y), level = this.level();
    return this.areas.list.findIndex(({ box }, i) =>
      box[0] <= gx && box[2] >= gx && box[1] <= gy && box[3] >= gy &&
      this.probe.isPointInPath(this.outline(level, i), gx, gy, "evenodd"));
  }

  // Paths ----------------------------------------------------------------------------------------

  /** The arcs at the detail that this scale can show, with the paths made of them so far. */
  level() {
    const power = Math.max(0, Math.floor(Math.log2(Math.max(FINEST / this.view.scale, 1))));
    if (!this.levels.has(power)) {
      const arcs = power ? this.areas.arcs.map((points) => thinned(points, 2 ** power)) : this.areas.arcs;
      this.levels.set(power, { arcs, least: power ? 2 ** power : 0, outlines: [], lines: new Map() });
    }
    return this.levels.get(power);
  }

  outline(level, i) {
    if (level.outlines[i]) return level.outlines[i];
    const path = new Path2D();
    for (const ring of this.areas.list[i].rings) {
      let first = true;
      eachPoint(ring, level.arcs, (x, y) => {
        if (first) path.moveTo(x, y); else path.lineTo(x, y);
        first = false;
      });
      path.closePath();
    }
    return (level.outlines[i] = path);
  }

  line(level, name) {
    if (!level.lines.has(name)) {
      const path = new Path2D();
      for (const arc of this.areas[name]) {
        if (name === "borders" && this.tooSmall(level, arc)) continue;
        const points = level.arcs[arc];
        path.moveTo(points[0], points[1]);
        for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
      }
      level.lines.set(name, path);
    }
    return level.lines.get(name);
  }

  /** Whether a border is between areas of a few pixels, where lines would hide the colours. */
  tooSmall(level, arc) {
    return this.areas.sides[arc].every((i) => this.size(this.areas.list[i]) < level.least * 12);
  }

  size({ box }) { return Math.max(box[2] - box[0], box[3] - box[1]); }

  // Drawing --------------------------------------------------------------------------------------

  redraw() {
    this.waiting ||= requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  /** Draw the map: painted anew if `sharp`, else what is painted already wherever that will do. */
  draw(sharp = false) {
    const { pen, view, ratio } = this, started = performance.now();
    const moved = this.painted && ["scale", "x", "y"].some((part) => this.painted.view[part] !== view[part]);
    clearTimeout(this.resting);
    if (sharp || this.elsewhere || !this.painted || this.painted.ratio !== ratio || (moved && !this.willDo())) this.paint();
    else if (moved) this.resting = setTimeout(() => this.draw(true), REST);
    this.show();
    const k = view.scale * ratio, level = this.level(), seen = [];
    pen.setTransform(k, 0, 0, k, view.x * ratio, view.y * ratio);
    pen.lineJoin = "round";
    if (this.pointed >= 0) this.stroke(this.outline(level, this.pointed), INK, 2);
    if (this.chosen >= 0) {
      this.stroke(this.outline(level, this.chosen), INK, 6);
      this.stroke(this.outline(level, this.chosen), FOCUS, 3);
    }
    this.areas.list.forEach((area, i) => this.inView(area.box) && seen.push(i));
    this.write(seen);
    this.drawScale();
    this.drawTime = performance.now() - started;
  }

  /** Whether what is painted shows most of what we look at now, near enough to its scale. */
  willDo() {
    const { painted, view, width, height } = this, by = view.scale / painted.view.scale;
    if (painted.width !== width || painted.height !== height || by > STRETCH || by < 1 / STRETCH) return false;
    const share = (here, then, side) => {
      const left = here - (then + MARGIN_AROUND) * by, right = left + (side + 2 * MARGIN_AROUND) * by;
      return Math.max(0, Math.min(right, side) - Math.max(left, 0)) / side;
    };
    return share(view.x, painted.view.x, width) * share(view.y, painted.view.y, height) > 0.3;
  }

  /** Put what is painted where it belongs in what we look at now. */
  show() {
    const { pen, painted, view, ratio } = this, by = view.scale / painted.view.scale;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = SEA;
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(by, 0, 0, by, (view.x - painted.view.x * by) * ratio, (view.y - painted.view.y * by) * ratio);
    pen.drawImage(painted.canvas, -MARGIN_AROUND * ratio, -MARGIN_AROUND * ratio);
  }

  /** Paint areas and borders, and a margin around them, on a canvas of their own. */
  paint() {
    const { view, ratio, width, height } = this, front = this.pen, level = this.level();
    const canvas = this.painted?.canvas ?? document.createElement("canvas");
    this.painted = { canvas, view: { ...view }, ratio, width, height };
    this.elsewhere = false;
    canvas.width = Math.round((width + 2 * MARGIN_AROUND) * ratio); // which also empties it
    canvas.height = Math.round((height + 2 * MARGIN_AROUND) * ratio);
    const pen = (this.pen = canvas.getContext("2d")), k = view.scale * ratio;
    pen.fillStyle = SEA;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(k, 0, 0, k, (view.x + MARGIN_AROUND) * ratio, (view.y + MARGIN_AROUND) * ratio);
    pen.lineJoin = "round";
    const seen = [];
    this.areas.list.forEach((area, i) => this.inView(area.box, MARGIN_AROUND) && seen.push(i));
    this.drawClasses(level, seen, this.stripes(k), this.dots(k));
    this.stroke(this.line(level, "borders"), "rgba(120,131,142,.6)", seen.length > 400 ? 0.4 : 0.9);
    this.stroke(this.line(level, "districtArcs"), "rgba(22,32,43,.75)", 1.2);
    const bold = Math.min(2.6, Math.max(1.3, (this.areas.listedSize * view.scale) / 9)); // never thicker than what it marks
    this.stroke(this.line(level, "targetArcs"), PAPER, bold * 2);
    this.stroke(this.line(level, "targetArcs"), TARGET, bold);
    this.pen = front;
  }

  drawClasses(level, seen, stripes, dots) {
    for (const i of seen) {
      const area = this.areas.list[i], path = this.outline(level, i);
      const tiny = area.shaky && this.size(area) * this.view.scale < 9; // too small for stripes to show
      this.pen.fillStyle = area.class < 0 ? dots : (tiny ? PALER : CLASS_COLOURS)[area.class];
      this.pen.fill(path, "evenodd");
      if (!area.shaky || tiny) continue;
      this.pen.fillStyle = stripes;
      this.pen.fill(path, "evenodd");
    }
  }

  stroke(path, colour, width) {
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = width / this.view.scale;
    this.pen.stroke(path);
  }

  /** Stripes over a class that could easily be another: paler, and hatched. */
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
    return this.pattern(this.tile, this.ratio / 1.5 / k);
  }

  /** Dots where there is no figure, or none that may be shown. */
  dots(k) {
    if (!this.dotted) {
      const { ground, dot, apart, radius } = NO_FIGURE, sharp = 3;
      this.dotted = document.createElement("canvas");
      this.dotted.width = this.dotted.height = apart * sharp;
      const pen = this.dotted.getContext("2d");
      pen.scale(sharp, sharp);
      pen.fillStyle = ground;
      pen.fillRect(0, 0, apart, apart);
      pen.fillStyle = dot;
      pen.arc(apart / 2, apart / 2, radius, 0, 2 * Math.PI);
      pen.fill();
    }
    return this.pattern(this.dotted, this.ratio / 3 / k);
  }

  /** A tile as a fill that keeps its size on the screen at any scale of the map. */
  pattern(tile, size) {
    const pattern = this.pen.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(size));
    return pattern;
  }

  /** Names: of districts, or of areas once few enough are in view; none over another. */
  write(seen) {
    const { view, ratio, areas } = this, taken = [];
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const put = (text, [gx, gy], font) => this.put(text, gx * view.scale + view.x, gy * view.scale + view.y, font, taken);
    if (seen.length <= FEW) for (const i of seen) put(areas.name(i), areas.list[i].middle, `12px ${SANS}`);
    else for (const [name, place] of areas.districts) put(name, place.middle, `600 13px ${SANS}`);
  }

  metresPerPixel() {
    const { origin, step } = this.areas.spec.outline;
    const north = Math.PI * (1 - 2 * (origin[1] + this.centre()[1] * step));
    return (step * EARTH) / Math.cosh(north) / this.view.scale;
  }

  /** A bar of a round length, true at the middle of the view (web Mercator stretches northwards). */
  drawScale() {
    const { pen, height } = this, metresPerPixel = this.metresPerPixel();
    const most = 140 * metresPerPixel, power = 10 ** Math.floor(Math.log10(most));
    const metres = power * [5, 2, 1].find((times) => times * power <= most);
    const length = metres / metresPerPixel, left = 14, base = height - 16;
    const shape = new Path2D(`M${left} ${base - 6} V${base} H${left + length} V${base - 6}`);
    for (const [colour, width] of [[PAPER, 5], [INK, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke(shape);
    }
    const said = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
    this.put(said, left + length / 2, base - 14, `12px ${SANS}`, []);
  }

  put(text, x, y, font, taken) {
    const { pen } = this;
    pen.font = font;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
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
  }
}
