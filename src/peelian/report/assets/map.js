// A map to be used: by pointer, touch, wheel, buttons, keyboard, search and lists, with its detail.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class AreaMap {
  /** A map in its frame; `onChoose` hears of each area that is chosen here. */
  constructor(root, spec, table, targets) {
    Object.assign(this, { root, spec, table, onChoose: () => {} });
    this.stage = root.querySelector(".stage");
    this.float = root.querySelector(".float");
    this.detail = root.querySelector(".detail");
    this.emptyDetail = [...this.detail.childNodes];
    this.areas = new Areas(spec, table, targets);
    this.picture = new MapPicture(root.querySelector("canvas"), this.areas);
    this.listenToPointers();
    this.listenToTheRest();
    this.fillAreas();
    this.fillDistricts();
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.resize();
  }

  resize() {
    const { width, height } = this.stage.getBoundingClientRect();
    if (width && height) this.picture.resize(width, height, Math.min(devicePixelRatio || 1, 2));
  }

  // Choosing -------------------------------------------------------------------------------------

  choose(i, { look = true } = {}) {
    this.picture.chosen = i;
    if (i >= 0 && look) this.picture.bringIntoView(this.areas.list[i]);
    this.describe(i);
    this.picture.redraw();
    if (i >= 0) this.onChoose(this.areas.list[i]);
  }

  chooseRow(row) {
    const i = this.areas.ofRow.get(row);
    if (i !== undefined) this.choose(i);
    return i !== undefined;
  }

  step(way) {
    const { chosen } = this.picture;
    const next = chosen < 0 ? this.areas.nearest(this.picture.centre()) : this.areas.towards(chosen, way);
    if (next >= 0) this.choose(next);
  }

  point(at) {
    const i = at ? this.picture.at(...at) : -1;
    if (i >= 0) this.floatAt(i, at); else this.float.hidden = true;
    if (i === this.picture.pointed) return;
    this.picture.pointed = i;
    this.describe(i >= 0 ? i : this.picture.chosen);
    this.picture.redraw();
  }

  floatAt(i, [x, y]) {
    this.float.textContent = this.areas.name(i);
    this.float.hidden = false;
    const left = Math.max(4, Math.min(x + 14, this.picture.width - this.float.offsetWidth - 4));
    this.float.style.transform = `translate(${left}px, ${y + 18}px)`;
  }

  /** Show one area's figures: those of its row in the table. */
  describe(i) {
    this.detail.replaceChildren(...(i < 0 ? this.emptyDetail : this.said(this.areas.list[i], i)));
  }

  said(area, i) {
    const { spec, table } = this, said = [element("p", this.areas.name(i), "detail-name")];
    if (area.row < 0) return said;
    const where = [area.district, table.shown(area.row, spec.code)].filter(Boolean);
    said.push(element("p", where.join(" · "), "small"));
    const of = (column) => `${table.column(column).label.toLowerCase()} ${table.shown(area.row, column)}`;
    if (area.class < 0) said.push(element("p", "No class: a figure is missing or held back", "detail-class none"));
    else said.push(element("p", `Class: ${spec.classes ? table.shown(area.row, spec.class) : `${of(spec.row)}, ${of(spec.column)}`}`, `detail-class c${area.class}`));
    if (area.shaky) said.push(element("p", "This class could easily be another.", "small"));
    if (area.rank !== null)
      said.push(element("p", area.rank ? `Listed, number ${area.rank}` : "Listed", "detail-target"));
    return [...said, this.figures(area.row)];
  }

  /** The figures of a row, a unit that several share said once above them. */
  figures(row) {
    const { spec, table } = this, list = element("dl"), units = spec.detail.map((name) => table.column(name).unit);
    spec.detail.forEach((name, i) => {
      const { label } = table.column(name), unit = units[i], shared = unit && units.indexOf(unit) !== units.lastIndexOf(unit);
      if (shared && units[i - 1] !== unit) list.append(element("dt", `${unit}:`, "shared-unit"));
      list.append(element("dt", unit && !shared ? `${label}, ${unit}` : label), element("dd", table.shown(row, name)));
    });
    return list;
  }

  // What a reader does ---------------------------------------------------------------------------

  listenToPointers() {
    const { stage, picture } = this, fingers = new Map();
    let moved = 0, spread = 0;
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, this.place(event));
      moved = spread = 0;
    });
    stage.addEventListener("pointermove", (event) => {
      const now = this.place(event), before = fingers.get(event.pointerId);
      if (!before) return this.point(event.pointerType === "touch" ? null : now);
      fingers.set(event.pointerId, now);
      moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
      picture.pan((now[0] - before[0]) / fingers.size, (now[1] - before[1]) / fingers.size);
      if (fingers.size > 1) spread = this.pinch([...fingers.values()], spread);
    });
    const lift = (event) => {
      const tapped = fingers.delete(event.pointerId) && moved < 6 && event.type === "pointerup";
      if (tapped) this.choose(picture.at(...this.place(event)), { look: false });
      spread = 0;
    };
    stage.addEventListener("pointerup", lift);
    stage.addEventListener("pointercancel", lift);
    stage.addEventListener("pointerleave", () => this.point(null));
  }

  place(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  pinch([a, b], spread) {
    const apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
    if (spread) this.picture.zoom(apart / spread, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
    return apart;
  }

  listenToTheRest() {
    const { stage, picture } = this;
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("keydown", (event) => this.key(event));
    const does = {
      in: () => picture.zoom(1.6), out: () => picture.zoom(1 / 1.6), all: () => picture.fit(this.areas.whole),
      left: () => picture.pan(80, 0), right: () => picture.pan(-80, 0),
      up: () => picture.pan(0, 80), down: () => picture.pan(0, -80),
    };
    for (const button of this.root.querySelectorAll("[data-do]"))
      button.addEventListener("click", does[button.dataset.do]);
    window.addEventListener("beforeprint", () => { picture.sharpen(3); picture.draw(true); });
    window.addEventListener("afterprint", () => this.resize());
  }

  /** The wheel zooms once the map is chosen, or with Ctrl; until then it scrolls the page. */
  wheel(event) {
    if (!event.ctrlKey && document.activeElement !== this.stage) return this.hint();
    event.preventDefault();
    this.picture.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018)), this.place(event));
  }

  hint() {
    const hint = this.root.querySelector(".wheel-hint");
    hint.textContent = "Choose the map first, or hold Ctrl, to zoom with the wheel.";
    hint.hidden = false;
    clearTimeout(this.hinting);
    this.hinting = setTimeout(() => { hint.hidden = true; }, 1600);
  }

  key(event) {
    const { picture } = this, way = ARROWS[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (way && event.shiftKey) picture.pan(-60 * way[0], -60 * way[1]);
    else if (way) this.step(way);
    else if (event.key === "+" || event.key === "=") picture.zoom(1.6);
    else if (event.key === "-" || event.key === "_") picture.zoom(1 / 1.6);
    else if (event.key === "0" || event.key === "Home") picture.fit(this.areas.whole);
    else if (event.key === "Escape") this.choose(-1);
    else return;
    event.preventDefault();
  }

  // Finding --------------------------------------------------------------------------------------

  fillAreas() {
    const find = this.root.querySelector(".find"), byWord = new Map();
    const options = this.areas.list.filter((area) => area.row >= 0).map((area) => {
      const i = this.areas.ofRow.get(area.row), name = this.areas.name(i);
      const code = this.table.shown(area.row, this.spec.code);
      byWord.set(name.toLowerCase(), i).set(code.toLowerCase(), i);
      return Object.assign(element("option"), { value: name, label: code });
    });
    this.root.querySelector("datalist").append(...options);
    const look = () => {
      const word = find.value.trim().toLowerCase();
      if (!word) return;
      const i = byWord.get(word) ?? [...byWord].find(([known]) => known.includes(word))?.[1];
      find.setCustomValidity(i === undefined ? "No area has that name or code." : "");
      if (i === undefined) find.reportValidity(); else this.choose(i);
    };
    find.addEventListener("change", look);
    find.addEventListener("input", () => {
      find.setCustomValidity("");
      if (byWord.has(find.value.toLowerCase())) look();
    });
  }

  fillDistricts() {
    const go = this.root.querySelector(".go"), { districts, whole, listed } = this.areas;
    if (listed) go.append(new Option("The outlined areas", "*"));
    for (const name of [...districts.keys()].sort()) go.append(new Option(name, name));
    go.closest("label").hidden = go.options.length < 2;
    go.addEventListener("change", () => {
      this.picture.fit(go.value === "*" ? listed : districts.get(go.value)?.box ?? whole);
    });
  }
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
