// What a map shows: areas with their class, their neighbours, their district, and which are listed.
const NOWHERE = [Infinity, Infinity, -Infinity, -Infinity];

class Areas {
  /** Read areas from a map's outlines, its table, and the table of chosen areas if there is one. */
  constructor(spec, table, targets) {
    Object.assign(this, { spec, table, targets }, unpackOutlines(spec));
    this.sides = this.arcs.map(() => []);
    this.list = this.rings.map((rings, i) => {
      for (const ring of rings) for (const arc of ring) this.sides[arc < 0 ? ~arc : arc].push(i);
      return { rings, rank: null, cluster: null, ...placeArea(rings, this.arcs), ...this.read(spec.rows[i]) };
    });
    this.ofRow = new Map(this.list.map((area, i) => [area.row, i]));
    this.readTargets();
    this.readDistricts();
    this.whole = this.list.reduce((box, area) => joinBoxes(box, area.box), NOWHERE);
  }

  read(row) {
    const { spec, table } = this;
    if (row < 0) return { row, class: -1, shaky: false, district: null };
    const number = this.classOf(row), known = number >= 0;
    const stable = spec.stable ? table.value(row, spec.stable) : null;
    return {
      row,
      class: number,
      shaky: known && stable !== null && stable < spec.steady,
      district: spec.district ? table.value(row, spec.district) : null,
    };
  }

  /** Which of nine colours an area has, by one column or by two; -1 for no class. */
  classOf(row) {
    const { spec, table } = this;
    if (spec.classes) return spec.classes[table.value(row, spec.class)] ?? -1;
    const [down, across] = [spec.row, spec.column].map((column) => spec.order.indexOf(table.value(row, column)));
    return down >= 0 && across >= 0 ? 3 * down + across : -1;
  }

  readTargets() {
    const byCode = new Map();
    for (const area of this.list) if (area.row >= 0) byCode.set(this.table.value(area.row, this.spec.code), area);
    for (let row = 0; row < (this.targets?.length ?? 0); row++) {
      const area = byCode.get(this.targets.value(row, this.spec.code));
      if (!area) continue;
      area.rank = this.targets.has("rank") ? this.targets.shown(row, "rank") : "";
      area.cluster = this.targets.has("cluster") ? this.targets.value(row, "cluster") : null;
      area.targetRow = row;
    }
    const listed = this.list.filter((area) => area.rank !== null);
    this.listed = listed.length ? listed.reduce((box, area) => joinBoxes(box, area.box), NOWHERE) : null;
    const sizes = listed.map(({ box }) => Math.max(box[2] - box[0], box[3] - box[1])).sort((a, b) => a - b);
    this.listedSize = sizes[Math.floor(sizes.length / 2)] ?? 0;
    const cluster = (i) => (this.list[i].rank === null ? null : this.list[i].cluster ?? "all");
    this.targetArcs = this.between(cluster).filter((arc) => this.sides[arc].some((i) => cluster(i) !== null));
  }

  readDistricts() {
    this.districts = new Map();
    for (const { district, box, middle, size } of this.list) {
      if (!district) continue;
      const place = this.districts.get(district) ?? { box: NOWHERE, size: 0, middle: [0, 0] };
      place.size += size;
      place.middle = place.middle.map((m, d) => m + ((middle[d] - m) * size) / (place.size || 1));
      place.box = joinBoxes(place.box, box);
      this.districts.set(district, place);
    }
    this.borders = this.between((i) => i);
    this.districtArcs = this.districts.size ? this.between((i) => this.list[i].district ?? "") : [];
  }

  /** Arcs whose two sides differ in something; the outside differs from everything. */
  between(of) {
    const found = [];
    this.sides.forEach(([a, b], arc) => {
      if (a !== undefined && of(a) !== (b === undefined ? null : of(b))) found.push(arc);
    });
    return found;
  }

  name(i) {
    const { row } = this.list[i];
    if (row < 0) return "An area outside the study";
    return this.table.value(row, this.spec.name) ?? this.table.value(row, this.spec.code);
  }

  nearest([x, y]) {
    const far = ({ middle }) => (middle[0] - x) ** 2 + (middle[1] - y) ** 2;
    return this.list.reduce((best, area, i) => (far(area) < far(this.list[best]) ? i : best), 0);
  }

  /** The next area in a direction: a neighbour if one lies that way, else the nearest that does. */
  towards(from, [dx, dy]) {
    const here = this.list[from].middle;
    const along = (i) => {
      const vx = this.list[i].middle[0] - here[0], vy = this.list[i].middle[1] - here[1];
      const length = Math.hypot(vx, vy) || 1;
      return { length, cosine: (vx * dx + vy * dy) / length };
    };
    let best = -1, most = 0.35;
    for (const sides of this.sides) {
      if (!sides.includes(from)) continue;
      for (const i of sides) if (i !== from && along(i).cosine > most) { most = along(i).cosine; best = i; }
    }
    if (best >= 0) return best;
    let least = Infinity;
    this.list.forEach((_, i) => {
      const { length, cosine } = along(i);
      if (i !== from && cosine > 0.5 && length / cosine < least) { least = length / cosine; best = i; }
    });
    return best;
  }
}
