/**
 * What is explained, as a value: the class of a target, another class in its place.
 */

import { className } from "./format.js";
import { how as texts } from "./strings.js";

/** @import { Target } from "./camscope.d.ts" */

/**
 * The class that a target is about: the first of several.
 * @param {Target} target
 * @returns {number}
 */
export function classOf(target) {
  if (typeof target === "number") return target;
  return Array.isArray(target) ? target[0] : target.class;
}

/**
 * The same question about another class.
 * @param {Target} target
 * @param {number} index
 * @returns {Target}
 */
export function withClass(target, index) {
  if (typeof target === "number") return index;
  if (Array.isArray(target)) return [index, ...target.slice(1).filter((one) => one !== index)];
  // Asked for the class that it was held against: the other way round.
  if ("over" in target)
    return {
      class: index,
      over: target.over === index ? target.class : target.over,
    };
  return { ...target, class: index };
}

/**
 * @param {Target} target
 * @returns {"class" | "sum" | "over" | "contrastive"}
 */
export function kindOf(target) {
  if (typeof target === "number") return "class";
  if (Array.isArray(target)) return "sum";
  return "over" in target ? "over" : "contrastive";
}

/** How many classes Finer-CAM's target holds a class against. */
export const AGAINST = 3;

/** The most classes whose sum is explained. */
export const MOST_SUMMED = 50;

/**
 * The classes nearest to one in score, as the contrastive target chooses them.
 * @param {number} index
 * @param {ArrayLike<number>} logits by class index
 * @param {number} [count]
 * @returns {number[]}
 */
export function nearest(index, logits, count = AGAINST) {
  const distance = (/** @type {number} */ other) => Math.abs(logits[other] - logits[index]);
  const others = Array.from(logits, (_, other) => other).filter((other) => other !== index);
  return others.sort((a, b) => distance(a) - distance(b)).slice(0, count);
}

/**
 * A target in words.
 * @param {Target} target
 * @param {(index: number) => string} name of a class
 */
export function describeTarget(target, name) {
  if (typeof target === "number") return name(target);
  if (Array.isArray(target)) return texts.sum(target.map(name));
  if ("over" in target) return texts.over(name(target.class), name(target.over));
  return texts.contrastive(name(target.class), target.against ?? AGAINST);
}

/**
 * A target as a link has it: `282`, `282.281` (the sum), `282-281` (rather than), `282*` (not the nearest).
 * @param {Target} target
 */
export function writeTarget(target) {
  if (typeof target === "number") return String(target);
  if (Array.isArray(target)) return target.join(".");
  return "over" in target ? `${target.class}-${target.over}` : `${target.class}*`;
}

/**
 * @param {string} text
 * @param {number} classes how many there are
 * @returns {Target | null} null: that is no target
 */
export function readTarget(text, classes) {
  const found = /^(\d{1,6})(?:(\*)|-(\d{1,6})|((?:\.\d{1,6})+))?$/.exec(text);
  if (!found) return null;
  const [, first, star, over, others] = found;
  const named = [first, ...(over ? [over] : []), ...(others ? others.slice(1).split(".") : [])].map(Number);
  if (named.some((index) => index >= classes) || new Set(named).size < named.length) return null;
  if (named.length > MOST_SUMMED || (star && classes < 2)) return null;
  if (star) return { class: named[0], contrastive: true };
  if (over) return { class: named[0], over: named[1] };
  return others ? named : named[0];
}

/**
 * The classes that a map holds against each other.
 * @param {Target | null} target
 * @param {readonly string[]} labels
 * @returns {{ against: string, for: string } | null} null where it does not
 */
export function sidesOf(target, labels) {
  if (target === null || typeof target !== "object" || !("over" in target)) return null;
  return { against: className(labels[target.over] ?? ""), for: className(labels[target.class] ?? "") };
}
