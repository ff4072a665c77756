// The page: tables that sort, unfold and save; numbers that lead to their cells; maps and tables linked.
const DECIMALS = { integer: 0, one: 1, two: 2, three: 3 };
const HELD_BACK = "[c]", NOT_AVAILABLE = "[x]";

/** A table's values, and how they are shown: the same words as the page's own HTML. */
class TableData {
  constructor(data) {
    Object.assign(this, data);
    const first = Object.values(this.columns)[0];
    this.length = first ? first.v.length : 0;
    for (const column of Object.values(this.columns)) column.held = new Set(column.held ?? []);
  }
  has(name) { return name in this.columns; }
  column(name) { return this.columns[name]; }
  isNumber(name) { const { form } = this.columns[name]; return form in DECIMALS || form === "percent"; }
  value(row, name) {
    const column = this.columns[name];
    const value = column.d ? column.d[column.v[row]] ?? null : column.v[row];
    return value === undefined ? null : value;
  }
  /** What a row is sorted and saved by: a month's own key rather than its words. */
  key(row, name) {
    const column = this.columns[name];
    if (!column.sort) return this.value(row, name);
    return column.sort[column.d ? column.v[row] : row] ?? null;
  }
  shown(row, name) {
    const column = this.columns[name], value = this.value(row, name);
    if (column.held.has(row)) return HELD_BACK;
    if (value === null) return NOT_AVAILABLE;
    if (!this.isNumber(name)) return value;
    const percent = column.form === "percent", decimals = percent ? 1 : DECIMALS[column.form];
    const fixed = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const text = (percent ? value * 100 : value).toLocaleString("en-GB", fixed);
    const shown = value > 0 && !/[1-9]/.test(text) ? `<${(10 ** -decimals).toFixed(decimals)}` : text;
    return shown.replace(/^-/, "\u2212") + (percent ? "%" : "");
  }
  sorted(name, upwards) {
    const { held } = this.columns[name];
    const key = (row) => (held.has(row) ? null : this.key(row, name));
    const rows = Array.from({ length: this.length }, (_, i) => i);
    const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en-GB", { numeric: true }));
    return rows.sort((i, j) => {
      const a = key(i), b = key(j);
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      return (upwards ? 1 : -1) * compare(a, b) || i - j;
    });
  }
  /** CSV of what is shown; text that a spreadsheet would run is made inert. */
  csv() {
    const names = Object.keys(this.columns);
    const quote = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const inert = (text) => (/^ *[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text);
    const cell = (row, name) => {
      if (this.columns[name].held.has(row)) return HELD_BACK;
      const value = this.key(row, name);
      if (value === null) return NOT_AVAILABLE;
      return typeof value === "number" ? String(value) : quote(inert(value));
    };
    const lines = [names.map((name) => quote(inert(name))).join(",")];
    for (let row = 0; row < this.length; row++) lines.push(names.map((name) => cell(row, name)).join(","));
    return "\ufeff" + lines.join("\r\n") + "\r\n";
  }
}

/** One table of the page: its HTML, kept in step with its data. */
class PageTable {
  constructor(root, data) {
    Object.assign(this, { root, data, order: null, sortedBy: "" });
    this.body = root.querySelector("tbody");
    this.folded = root.classList.contains("folded");
    this.flat = root.classList.contains("flat"); // one row, set down the page
    this.first = this.body.rows.length;
    this.chosen = -1;
    this.linked = null; // what choosing a row does, where a map shows the same rows
    for (const head of root.querySelectorAll("th[data-column] .sort"))
      head.addEventListener("click", () => this.sort(head.parentElement));
    root.querySelector(".all")?.addEventListener("click", () => this.unfold(this.folded));
    root.querySelector(".save").addEventListener("click", () => saveBlob(new Blob([this.data.csv()], { type: "text/csv;charset=utf-8" }), this.data.file));
  }
  sort(head) {
    const upwards = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
    this.order = this.data.sorted(head.dataset.column, upwards);
    this.fill();
  }
  unfold(open) {
    this.folded = !open;
    this.root.classList.toggle("unfolded", open);
    this.root.querySelector(".folded-note")?.toggleAttribute("hidden", open);
    const button = this.root.querySelector(".all");
    if (button) button.textContent = open ? "Show fewer rows" : `Show all ${this.data.length.toLocaleString("en-GB")} rows`;
    this.fill();
  }
  fill() {
    const rows = this.order ?? Array.from({ length: this.data.length }, (_, i) => i);
    const made = document.createDocumentFragment();
    for (const row of this.folded ? rows.slice(0, this.first) : rows) made.append(this.row(row));
    this.body.replaceChildren(made);
  }
  row(row) {
    const made = document.createElement("tr");
    made.dataset.row = row;
    for (const name of this.data.order) {
      const cell = document.createElement(name === this.data.head ? "th" : "td");
      if (name === this.data.head) cell.scope = "row";
      if (this.data.isNumber(name)) cell.className = "num";
      cell.textContent = this.data.shown(row, name);
      made.append(cell);
    }
    if (this.linked) this.link(made);
    return made;
  }
  linkTo(column, choose) {
    this.linked = { at: this.data.order.indexOf(column), choose };
    for (const row of this.body.rows) this.link(row);
  }
  /** Make a row's name a button that does what choosing the area on the map does. */
  link(row) {
    const cell = row.cells[this.linked.at], button = document.createElement("button");
    button.type = "button"; button.className = "pick";
    button.textContent = cell.textContent;
    button.addEventListener("click", () => this.linked.choose(Number(row.dataset.row)));
    cell.replaceChildren(button);
    this.mark(row);
  }
  mark(row) {
    const on = Number(row.dataset.row) === this.chosen;
    row.classList.toggle("chosen", on);
    row.querySelector(".pick")?.setAttribute("aria-pressed", String(on));
  }
  choose(row) {
    this.chosen = row;
    for (const other of this.body.rows) this.mark(other);
    const found = this.find(row), box = this.root.querySelector(".scroll");
    if (found && box.scrollHeight > box.clientHeight) box.scrollTop = found.offsetTop - box.clientHeight / 3;
  }
  find(row) { return this.body.querySelector(`tr[data-row="${row}"]`); }
  /** Show one cell, opening whatever folds it away. */
  show(row, column) {
    for (let parent = this.root.closest("details"); parent; parent = parent.parentElement.closest("details")) parent.open = true;
    if (!this.flat && !this.find(row)) this.unfold(true);
    const cell = this.flat
      ? this.body.querySelector(`td[data-column="${CSS.escape(column)}"]`)
      : this.find(row).cells[this.data.order.indexOf(column)];
    document.querySelector(".shown-cell")?.classList.remove("shown-cell");
    cell.classList.add("shown-cell");
    cell.tabIndex = -1;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "center", inline: "center" });
  }
}

function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Say where a number comes from, on hover and on focus, until Escape. */
function traces(tables) {
  const tip = document.getElementById("tip");
  const hide = () => { tip.hidden = true; };
  for (const link of document.querySelectorAll("a.trace")) {
    const said = link.title;
    link.removeAttribute("title");
    link.setAttribute("aria-describedby", "tip");
    const show = () => {
      tip.textContent = said;
      tip.hidden = false;
      const at = link.getBoundingClientRect();
      const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - tip.offsetWidth - 8));
      const below = at.bottom + tip.offsetHeight + 10 < window.innerHeight;
      tip.style.left = `${left + window.scrollX}px`;
      tip.style.top = `${(below ? at.bottom + 6 : at.top - tip.offsetHeight - 6) + window.scrollY}px`;
    };
    link.addEventListener("focus", show);
    link.addEventListener("mouseenter", show);
    link.addEventListener("blur", hide);
    link.addEventListener("mouseleave", (event) => { if (event.relatedTarget !== tip) hide(); });
    link.addEventListener("click", (event) => {
      const table = tables.get(link.hash.slice(1));
      if (!table) return;
      event.preventDefault();
      hide();
      table.show(Number(link.dataset.row), link.dataset.column);
    });
  }
  tip.addEventListener("mouseleave", hide);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
}

/** Tie each map to its tables: choosing an area in either does the same. */
function linkMaps({ maps, outlines }, data, tables) {
  return Object.entries(maps).map(([name, spec]) => {
    const root = document.querySelector(`[data-map="${name}"]`);
    spec.outline = outlines[spec.outline];
    const targets = spec.targets ? data.get(spec.targets) : null;
    const map = new AreaMap(root, spec, data.get(spec.table), targets);
    root.querySelector(".save-image").addEventListener("click", () => saveMapImage(map, name));
    const areas = tables.get(spec.table), chosen = spec.targets ? tables.get(spec.targets) : null;
    map.onChoose = (area) => {
      areas.choose(area.row);
      chosen?.choose(area.targetRow ?? -1);
    };
    const see = (found) => { if (found) root.scrollIntoView({ block: "nearest" }); };
    areas.linkTo(spec.name, (row) => see(map.chooseRow(row)));
    if (chosen && chosen.data.has(spec.code) && chosen.data.has(spec.name)) {
      const rowOf = new Map(Array.from({ length: areas.data.length }, (_, i) => [areas.data.value(i, spec.code), i]));
      chosen.linkTo(spec.name, (row) => see(map.chooseRow(rowOf.get(chosen.data.value(row, spec.code)))));
    }
    return map;
  });
}

/** Paper cannot be opened: unfold short tables while printing, and put them back after. */
function printing() {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter(
      (details) => !details.querySelector(".folded") && !details.classList.contains("notes"));
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
}

/** Undo what `packing.py` did: lists that stand once for several columns, and codes as letters. */
function unpacked(page) {
  const codes = new Map([...page.letters].map((letter, i) => [letter, i - 1]));
  const list = (part) => {
    const held = typeof part === "number" ? page.lists[part] : part;
    return typeof held === "string" ? Array.from(held, (letter) => codes.get(letter)) : held;
  };
  for (const [name, table] of Object.entries(page.tables)) {
    table.file ??= `${name}-as-shown.csv`;
    table.order ??= Object.keys(table.columns);
    for (const column of Object.values(table.columns)) {
      column.unit ??= "";
      column.form ??= "text";
      for (const part of ["d", "v", "sort"]) if (part in column) column[part] = list(column[part]);
    }
  }
  for (const map of Object.values(page.maps)) if (typeof map.rows === "number") map.rows = [...Array(map.rows).keys()];
  return page;
}

function start() {
  const page = unpacked(JSON.parse(document.getElementById("data").textContent));
  const data = new Map(Object.entries(page.tables).map(([name, table]) => [name, new TableData(table)]));
  const tables = new Map();
  for (const root of document.querySelectorAll(".data-table")) tables.set(root.id, new PageTable(root, data.get(root.id)));
  document.documentElement.classList.add("scripted");
  const maps = linkMaps(page, data, tables);
  traces(tables);
  printing();
  window.peelian = { maps, tables }; // for a reader's console, and for tests
  requestAnimationFrame(() => requestAnimationFrame(() => { document.documentElement.dataset.ready = "yes"; }));
}
start();
