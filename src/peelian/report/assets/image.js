// A map as a picture to keep: its finding, what is in view, its key, and how fresh it is.
const KEY_WIDTH = 270, MARGIN = 16, LINE = 18;

/** Save what a map shows, at twice the screen's sharpness, with the words without which it misleads. */
function saveMapImage(map, name) {
  const { picture } = map, figure = map.root.closest("figure"), sharp = 2, screen = picture.ratio;
  picture.sharpen(sharp);
  picture.draw(true);
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  pen.font = `600 18px ${SANS}`;
  const wide = picture.width + KEY_WIDTH + 3 * MARGIN;
  const title = wrapped(pen, figure.querySelector("h3").textContent, wide - 2 * MARGIN);
  const top = MARGIN + title.length * 24 + 8;
  const high = top + Math.max(picture.height, 420) + MARGIN;
  canvas.width = wide * sharp;
  canvas.height = high * sharp;
  pen.scale(sharp, sharp);
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, wide, high);
  pen.fillStyle = INK;
  pen.font = `600 18px ${SANS}`;
  title.forEach((line, i) => pen.fillText(line, MARGIN, MARGIN + 18 + 24 * i));
  pen.drawImage(picture.canvas, MARGIN, top, picture.width, picture.height);
  drawKey(pen, map, figure, picture.width + 2 * MARGIN, top);
  picture.sharpen(screen);
  canvas.toBlob((blob) => saveBlob(blob, `${name}.png`));
}

function drawKey(pen, map, figure, left, top) {
  const { order, classes } = map.spec, label = (column) => map.table.column(column).label;
  const say = (text, x, y, font = `13px ${SANS}`) => { pen.font = font; pen.fillStyle = INK; pen.fillText(text, x, y); };
  if (classes) {
    say(label(map.spec.class), left, top + 14, `600 13px ${SANS}`);
    return drawNotes(pen, map, figure, left, top + 40);
  }
  const [down, across] = [map.spec.row, map.spec.column].map(label);
  say(`${down} ↑`, left, top + 14, `600 13px ${SANS}`);
  for (let row = 0; row < 3; row++) {
    const y = top + 24 + 32 * (2 - row);
    say(order[row], left, y + 19);
    for (let column = 0; column < 3; column++) {
      pen.fillStyle = CLASS_COLOURS[3 * row + column];
      pen.fillRect(left + 56 + 58 * column, y, 56, 30);
      if (!row) say(order[column], left + 62 + 58 * column, y + 48);
    }
  }
  say(`${across} →`, left + 56, top + 160, `600 13px ${SANS}`);
  drawNotes(pen, map, figure, left, top + 186);
}

/** The lines of the key, each with its square, and how fresh the map is. */
function drawNotes(pen, map, figure, left, y) {
  const say = (text, x) => { pen.fillStyle = INK; pen.fillText(text, x, y); };
  const notes = [...map.root.querySelectorAll(".key-note, .key-item"), figure.querySelector(".as-at")];
  pen.font = `13px ${SANS}`;
  for (const note of notes) {
    const swatch = note.querySelector(".swatch"), indent = swatch ? 38 : 0;
    if (swatch) drawSwatch(pen, map.picture, swatch.classList, left, y - 13);
    for (const line of wrapped(pen, note.textContent, KEY_WIDTH - indent)) { say(line, left + indent); y += LINE; }
    y += 5;
  }
}

/** Draw a square of the key with the very fills of the map. */
function drawSwatch(pen, picture, kinds, left, top) {
  const number = [...kinds].find((kind) => /^c\d$/.test(kind))?.slice(1);
  const plain = number ? CLASS_COLOURS[number] : kinds.contains("striped") ? CLASS_COLOURS[1] : PAPER;
  const fills = [plain, kinds.contains("striped") && picture.stripes(picture.ratio), kinds.contains("none") && picture.dots(picture.ratio)];
  for (const fill of fills.filter(Boolean)) {
    pen.fillStyle = fill;
    pen.fillRect(left, top, 28, 18);
  }
  pen.strokeStyle = kinds.contains("outlined") ? TARGET : "rgba(22, 32, 43, .25)";
  pen.lineWidth = kinds.contains("outlined") ? 3 : 1;
  pen.strokeRect(left + 0.5, top + 0.5, 27, 17);
}

/** Break words into lines that fit. */
function wrapped(pen, text, width) {
  const lines = [];
  for (const word of text.trim().split(/\s+/)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
