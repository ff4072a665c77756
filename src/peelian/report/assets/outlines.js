// Outlines: shared stretches of border, unpacked, and the areas they bound.
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
  const numbers = wholeNumbers(map.outline.bytes), next = () => numbers.next().value;
  const arcs = [];
  for (let a = 0; a < map.outline.arcs; a++) {
    const points = new Int32Array(2 * next());
    let x = 0, y = 0;
    for (let i = 0; i < points.length; i += 2) {
      points[i] = x += signed(next());
      points[i + 1] = y += signed(next());
    }
    arcs.push(points);
  }
  const rings = map.rows.map(() => {
    const found = [];
    for (let r = next(); r > 0; r--) {
      const ring = [];
      for (let n = next(), last = 0; n > 0; n--) ring.push(signed((last += signed(next()))));
      found.push(ring);
    }
    return found;
  });
  return { arcs, rings };
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

function joinBoxes(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
