/**
 * The pictures that a report shows as its figures: those that the visitor chose, or a link names; else where the methods
 * agree most, in the middle, and least.
 */
import { join } from "../link.js";
import { representatives } from "./claims.js";
import { finished } from "./export.js";

/** @import { Finished } from "./export.js" */
/** @import { Row } from "./queue.js" */

const FIGURES = 3;

export class Figures {
  /** Ids of the rows that the visitor chose. @type {number[] | null} */
  chosen = null;
  /** What a link names: places in the report, from 1, of rows that may not be there yet. @type {number[]} */
  #asked = [];

  /** @param {number[]} ids */
  choose(ids) {
    this.chosen = ids;
    this.#asked = [];
  }

  /**
   * What a link keeps of it.
   * @param {readonly Row[]} rows
   */
  write(rows) {
    const places = this.chosen?.map((id) => 1 + rows.findIndex((row) => row.id === id)) ?? this.#asked;
    return join(places.map(String));
  }

  /** @param {string | null} text of a link */
  read(text) {
    this.chosen = null;
    const places = (text?.split(".") ?? []).map(Number);
    this.#asked = places.every((place) => Number.isInteger(place) && place > 0) ? places.slice(0, FIGURES) : [];
  }

  /**
   * Those that can be shown now.
   * @param {Row[]} rows
   * @returns {Finished[]}
   */
  of(rows) {
    const done = finished(rows);
    const usual = representatives(done.map((row) => ({ row, agreement: row.result.agreement })));
    const ids = this.chosen ?? this.#asked.map((place) => rows[place - 1]?.id);
    return usual.map(({ row }, index) => done.find(({ id }) => id === ids[index]) ?? row);
  }
}
