/**
 * What is explained, as a value: the class of a target, another class in its place.
 */

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
