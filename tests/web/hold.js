/**
 * A call of the page's to its worker that ends when a test says so: what is seen while it runs is there however fast or
 * slow the machine is.
 */

/** @import { Page } from "playwright-core" */

/**
 * The answers for a method's maps are held back from the page; how far they are is told as ever.
 * @param {Page} page before it is opened
 * @param {string} method
 * @param {number} [after] so many answers that are not held back
 */
export async function holdBack(page, method, after = 0) {
  const script = await page.addInitScript(
    ({ method, after }) => {
      /** @type {{ asked: Set<number> | undefined, id: number, hear: () => void }[]} */
      let held = [];
      let isHolding = true;
      let through = after;
      /** @type {WeakMap<Worker, Set<number>>} */
      const asked = new WeakMap();
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (/** @type {any[]} */ ...all) {
        const { id, action, args, cancel } = all[0];
        if (action === "explain" && args.method === method) asked.set(this, (asked.get(this) ?? new Set()).add(id));
        asked.get(this)?.delete(cancel);
        return Reflect.apply(postMessage, this, all);
      };
      const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage") ?? {};
      if (!set) throw new Error("There is no Worker.onmessage.");
      Object.defineProperty(Worker.prototype, "onmessage", {
        configurable: true,
        set(hear) {
          const pass = (/** @type {MessageEvent} */ event) => {
            const { id } = event.data;
            const own = asked.get(this);
            const isMeant = "value" in event.data && own?.has(id);
            if (!isMeant || !isHolding || --through >= 0) hear(event);
            else held.push({ asked: own, id, hear: () => hear(event) });
          };
          Reflect.apply(set, this, [pass]);
        },
      });
      window.held = {
        next() {
          // Nobody waits any more for what was cancelled.
          held = held.filter(({ asked, id }) => asked?.has(id));
          const first = held.shift();
          if (first) first.hear();
          else through = 1;
        },
        switch(isOn) {
          isHolding = isOn;
          through = 0;
          if (!isOn) held.splice(0).forEach(({ hear }) => hear());
        },
      };
    },
    { method, after },
  );
  return {
    /** Answers are held back again. */
    on: () => page.evaluate(() => window.held?.switch(true)),
    /** What was held back comes, and so does what follows. */
    off: () => page.evaluate(() => window.held?.switch(false)),
    /** One answer comes, if need be when it is there; what follows does not. */
    next: () => page.evaluate(() => window.held?.next()),
    /** Whoever comes back to the page gets every answer. */
    end: () => script.dispose(),
  };
}
