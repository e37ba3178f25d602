import type { Lab } from "./lab.js";

declare global {
  /** lab.js, inside the functions that tests run in the page. */
  const lab: Lab;
  interface Window {
    /** Messages that the page has sent to its worker, where a test counts them. */
    sent?: { action?: string; cancel?: number; method?: string; channels?: unknown; metrics?: string[] }[];
    /** Numbers that stood beside another map, where a test looks for them. */
    strangers?: string[];
    /** An explainer beside the page's own, where a test asks the network itself. */
    apart?: import("../../www/camscope.d.ts").Explainer;
    /** Answers of the worker that are kept from the page: hold.js. */
    held?: { next: () => void; switch: (isOn: boolean) => void };
    /** How much is under way to the page's storage: storing.js. */
    writing?: number;
    /** What stood in the live region, where a test watches it frame by frame. */
    looked?: string[];
    /** The screen readers in the page: virtual-reader.js. */
    readers: typeof import("@guidepup/virtual-screen-reader");
  }
}
