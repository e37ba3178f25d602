import type { Bench } from "./page.js";

declare global {
  /** page.js, inside the functions that the benchmark runs in the page. */
  const bench: Bench;
}
