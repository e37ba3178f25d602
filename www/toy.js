/**
 * A network small enough to be drawn, on which each method's formula can be seen at work: four features A on a grid, a
 * ReLU layer over each place and class scores that sum over places,
 *
 *     y_c = Σ_i Σ_j U_cj relu(Σ_k V_jk A_k(i) + b_j).
 *
 * The features are the input itself, so hiding part of the input hides that part of every feature. `methodOn` follows
 * docs/methods.md, and is for pictures alone: the engine has its own code (src/cam).
 */

export const SIDE = 9;
const AREA = SIDE * SIDE;

/** @typedef {"head" | "body" | "grass" | "corner"} Feature */
/** @type {readonly Feature[]} */
export const FEATURES = Object.freeze(["head", "body", "grass", "corner"]);

/**
 * @param {number} cx @param {number} cy middle @param {number} rx @param {number} ry radii, in places
 * @param {number} height
 */
function blob(cx, cy, rx, ry, height) {
  return Float64Array.from({ length: AREA }, (_, i) => {
    const [dx, dy] = [((i % SIDE) - cx) / rx, (Math.floor(i / SIDE) - cy) / ry];
    return height * Math.max(0, 1 - (dx * dx + dy * dy) / 2);
  });
}

/** What the network is shown: how much of each feature is where. */
export const ACTIVATIONS = Object.freeze([
  blob(2.5, 2.5, 1.3, 1.3, 1),
  blob(4.5, 4.5, 2.4, 1.7, 0.8),
  Float64Array.from({ length: AREA }, (_, i) => Math.max(0, (Math.floor(i / SIDE) - 4) / 4) * 0.7),
  blob(7.5, 1, 1.1, 1.1, 0.9),
]);

/** From features to the hidden layer, by hidden unit. */
const V = [
  [1.6, 0.5, -0.5, -0.2],
  [0.1, 1.2, -0.7, 0.1],
  [-0.3, 0.1, 0.4, 0.9],
];
const BIAS = [-0.12, -0.1, -0.3];
/** From the hidden layer to the scores: of the class, and of another that shares its body. */
const U = [
  [1, 0.9, -0.25],
  [-0.2, 1.1, 0.5],
];

/** @typedef {readonly Float64Array[]} Planes by feature */

/**
 * @param {Planes} planes
 * @param {number} c 0: the class; 1: the other
 */
export function score(planes, c = 0) {
  let sum = 0;
  for (let i = 0; i < AREA; i++) {
    for (const [j, row] of V.entries()) sum += U[c][j] * Math.max(0, hidden(planes, row, j, i));
  }
  return sum;
}

/** @param {Planes} planes @param {number[]} row @param {number} j @param {number} i */
function hidden(planes, row, j, i) {
  return row.reduce((sum, v, k) => sum + v * planes[k][i], BIAS[j]);
}

/**
 * ∂y_c/∂A_k(i).
 * @param {Planes} planes
 * @param {number} c
 */
export function gradients(planes, c = 0) {
  return FEATURES.map((_, k) =>
    Float64Array.from({ length: AREA }, (_, i) =>
      V.reduce((sum, row, j) => sum + (hidden(planes, row, j, i) > 0 ? U[c][j] * row[k] : 0), 0),
    ),
  );
}

/**
 * A method at work.
 * @typedef {object} Shown
 * @property {string} formula
 * @property {number[]} [weights] one for each feature
 * @property {Planes} [places] what each feature is multiplied by, place by place
 * @property {{ width: number, height: number, values: Float32Array }} map after ReLU and min–max, as camscope shows it
 */

/**
 * @param {string} id
 * @returns {Shown}
 */
export function methodOn(id) {
  const { formula, weights, places, raw } = METHODS[id](ACTIVATIONS, gradients(ACTIVATIONS));
  const values = raw ?? merged(ACTIVATIONS, (k, i) => weights?.[k] ?? places?.[k][i] ?? 0);
  return { formula, weights, places, map: { width: SIDE, height: SIDE, values: scaled(values) } };
}

/** @typedef {Omit<Shown, "map"> & { raw?: Float64Array }} Found raw: the map before the ReLU, where it is no weighted sum */

/** @type {Record<string, (A: Planes, g: Planes) => Found>} */
export const METHODS = {
  cam: () => ({
    formula: "Σₖ Wₖ · Aₖ",
    weights: FEATURES.map((_, k) => V.reduce((sum, row, j) => sum + U[0][j] * row[k], 0)),
  }),
  gradcam: (_, g) => ({ formula: "Σₖ mean(gₖ) · Aₖ", weights: g.map(mean) }),
  gradcampp: (A, g) => ({
    formula: "Σₖ (Σ α · relu(gₖ)) · Aₖ,  α = g² / (2g² + ΣA · g³)",
    weights: g.map((plane, k) => {
      const total = sum(A[k]);
      return sum(plane.map((v) => (v === 0 ? 0 : (Math.max(0, v) * v * v) / (2 * v * v + total * v ** 3 + 1e-6))));
    }),
  }),
  hirescam: (_, g) => ({ formula: "Σₖ gₖ · Aₖ", places: g }),
  gradcamelementwise: (_, g) => ({ formula: "Σₖ relu(gₖ · Aₖ)", places: g.map(positive) }),
  xgradcam: (A, g) => ({
    formula: "Σₖ (Σ gₖAₖ / ΣAₖ) · Aₖ",
    weights: g.map((plane, k) => sum(plane.map((v, i) => v * A[k][i])) / (sum(A[k]) + 1e-7)),
  }),
  layercam: (_, g) => ({ formula: "Σₖ relu(gₖ) · Aₖ", places: g.map(positive) }),
  eigencam: (A) => ({ formula: "PC₁(A)", raw: component(A, A) }),
  eigengradcam: (A, g) => ({ formula: "PC₁(g · A)", places: g, raw: component(products(A, g), A) }),
  ablationcam: (A) => {
    const y = score(A);
    return {
      formula: "Σₖ ((y − y₋ₖ) / |y|) · Aₖ",
      weights: FEATURES.map(
        (_, k) => (y - score(A.map((plane, l) => (l === k ? plane.map(() => 0) : plane)))) / Math.abs(y),
      ),
    };
  },
  scorecam: (A) => ({
    formula: "Σₖ softmax(y(x ∘ Mₖ)) · Aₖ",
    weights: softmax(A.map((plane) => score(seenThrough(A, scaled(plane))))),
  }),
  fullgrad: (A, g) => {
    const input = scaled(merged(A, (k, i) => g[k][i]).map(Math.abs));
    const bias = V.map((row, j) =>
      scaled(
        Float64Array.from({ length: AREA }, (_, i) => (hidden(A, row, j, i) > 0 ? Math.abs(BIAS[j] * U[0][j]) : 0)),
      ),
    );
    return {
      formula: "ψ(|x · ∂x|) + Σ ψ(|b · ∂b|)",
      raw: Float64Array.from(input, (v, i) => bias.reduce((total, plane) => total + plane[i], v)),
    };
  },
  finercam: (A, g) => {
    const other = gradients(A, 1);
    return { formula: "Σₖ mean(∂(y − y′)/∂Aₖ) · Aₖ", weights: g.map((plane, k) => mean(plane) - mean(other[k])) };
  },
  groupcam: (A, g) => {
    const weights = g.map(mean);
    const blurred = score(A.map((plane) => plane.map(() => mean(plane))));
    const groups = [
      [0, 1],
      [2, 3],
    ];
    const raw = new Float64Array(AREA);
    for (const group of groups) {
      const mask = scaled(merged(A, (k) => (group.includes(k) ? weights[k] : 0)));
      const gain = Math.max(0, score(seenThrough(A, mask)) - blurred);
      mask.forEach((v, i) => (raw[i] += gain * v));
    }
    return { formula: "Σₗ (y(x ∘ Mₗ) − y(blurred x)) · Mₗ", raw };
  },
  reciprocam: (A) => ({
    formula: "y(A · δᵢ)",
    raw: Float64Array.from({ length: AREA }, (_, i) =>
      score(A.map((plane) => plane.map((v, at) => (at === i ? v : 0)))),
    ),
  }),
  randomcam: () => ({ formula: "Σₖ wₖ · Aₖ,  w ~ U(−1, 1)", weights: [0.31, -0.42, 0.77, 0.55] }),
};

/** @param {Float64Array} plane */
const sum = (plane) => plane.reduce((total, v) => total + v, 0);
/** @param {Float64Array} plane */
const mean = (plane) => sum(plane) / plane.length;
/** @param {Float64Array} plane */
const positive = (plane) => plane.map((v) => Math.max(0, v));

/** @param {Planes} A @param {(k: number, i: number) => number} weight */
function merged(A, weight) {
  return Float64Array.from({ length: AREA }, (_, i) =>
    A.reduce((total, plane, k) => total + weight(k, i) * plane[i], 0),
  );
}

/** @param {Planes} A @param {Planes} g */
function products(A, g) {
  return A.map((plane, k) => plane.map((v, i) => v * g[k][i]));
}

/** @param {Planes} A @param {Float32Array} mask */
function seenThrough(A, mask) {
  return A.map((plane) => plane.map((v, i) => v * mask[i]));
}

/** ReLU, then min–max. @param {Float64Array} raw */
function scaled(raw) {
  const values = Float32Array.from(raw, (v) => Math.max(0, v));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  return values.map((v) => (v - low) / (high - low || 1));
}

/** @param {number[]} scores */
function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((v) => Math.exp(v - top));
  return powers.map((v) => v / powers.reduce((a, b) => a + b, 0));
}

/**
 * The projection on the first principal component of places by features, hot where the features are strong.
 * @param {Planes} planes
 * @param {Planes} A
 */
function component(planes, A) {
  const centred = planes.map((plane) => plane.map((v) => v - mean(plane)));
  const products = centred.map((a) => centred.map((b) => sum(a.map((v, i) => v * b[i]))));
  let axis = [1, 0.9, 0.8, 0.7];
  for (let turn = 0; turn < 200; turn++) {
    const next = products.map((row) => row.reduce((total, v, k) => total + v * axis[k], 0));
    const length = Math.hypot(...next);
    axis = next.map((v) => v / length);
  }
  const found = merged(centred, (k) => axis[k]);
  const strength = merged(A, () => 1);
  const agrees = sum(found.map((v, i) => v * (strength[i] - mean(strength)))) >= 0;
  return agrees ? found : found.map((v) => -v);
}
