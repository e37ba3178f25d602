/**
 * Small helpers around the DOM. Data reaches the page only as text.
 */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | null | undefined>} [attributes] `true` sets an empty attribute; false, null and undefined none
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (typeof value === "string") made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * The one element that a selector finds, of the class that the caller expects.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/**
 * Fill the texts that the markup names.
 * @param {ParentNode} root
 * @param {Record<string, string>} texts
 */
export function fillTexts(root, texts) {
  /** @param {string | undefined} key */
  const text = (key) => {
    if (!key || !(key in texts)) throw new Error(`There is no text "${key}".`);
    return texts[key];
  };
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-text]"))) {
    node.textContent = text(node.dataset.text);
  }
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-label]"))) {
    node.setAttribute("aria-label", text(node.dataset.label));
  }
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-content]"))) {
    node.setAttribute("content", text(node.dataset.content));
  }
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-href]"))) {
    node.setAttribute("href", text(node.dataset.href));
  }
}

/**
 * For what is announced: the same text written anew would be announced anew.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Hear a view's own events.
 * @template T
 * @param {EventTarget} view
 * @param {string} type
 * @param {(detail: T) => void} run
 */
export function on(view, type, run) {
  view.addEventListener(type, (event) => run(/** @type {CustomEvent<T>} */ (event).detail));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function context2d(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gives no 2D canvas.");
  return context;
}

/**
 * A canvas of its own, not in the page.
 * @param {number} width
 * @param {number} height
 */
export function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/**
 * Change what is shown. Whoever has the focus on a control that is gone then, or can no longer be used, is left on the
 * first that can in its place.
 * @param {() => void} change
 * @param {() => (Element | null | undefined)[]} inItsPlace
 */
export function keepFocus(change, inItsPlace) {
  const focused = document.activeElement;
  const hadFocus = focused !== document.body && isUsable(focused);
  change();
  if (hadFocus && !isUsable(focused)) inItsPlace().find(isUsable)?.focus({ preventScroll: true });
}

/**
 * For {@link keepFocus}, of things in a row that are about to be drawn anew.
 * @param {HTMLElement} row
 * @returns {() => Element[]} what stands then where the focus was, and what stands before it
 */
export function placeIn(row) {
  const at = [...row.children].findIndex((one) => one === document.activeElement);
  return () => [row.children[at], row.children[at - 1]];
}

/**
 * @param {Element | null | undefined} one
 * @returns {one is HTMLElement}
 */
function isUsable(one) {
  const isShown = one instanceof HTMLElement && one.checkVisibility({ visibilityProperty: true });
  return isShown && !one.matches(":disabled");
}

/**
 * A row of radio buttons.
 * @param {HTMLElement} root
 * @param {string} name
 * @param {{ value: string, text: string, detail?: string, title?: string }[]} options
 * @param {string} chosen
 */
export function radioRow(root, name, options, chosen) {
  root.replaceChildren(
    ...options.map(({ value, text, detail, title }) => {
      const input = element("input", { type: "radio", name, value });
      input.checked = value === chosen;
      const small = detail ? [element("small", {}, detail)] : [];
      return element("label", { title }, input, element("span", {}, text, ...small));
    }),
  );
}
